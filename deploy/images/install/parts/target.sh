# The new system, mounted.
TARGET=$STATE/target

mount_target() {
  mkdir -p "$TARGET"
  mount -t ext4 "$(cat "$STATE/root-device")" "$TARGET" || fail 'the root file system cannot be mounted'
}

# put MODE PATH: what comes on the standard input becomes a file of the new system. Links on the way are not followed out.
put() {
  folder=${2%/*}
  mkdir -p "$TARGET$folder"
  case $(cd -P "$TARGET$folder" && pwd -P)/ in "$TARGET"/*) ;; *) fail "$2 lies outside of the new system" ;; esac
  rm -f "$TARGET$2"
  cat >"$TARGET$2"
  chmod "$1" "$TARGET$2"
}
