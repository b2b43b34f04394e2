# Streams the image: fetched, its digest taken, unpacked, and put where its parts belong, all at once and nothing kept.
# An image is a disk with three partitions: the loader for BIOS, the EFI system partition, and the root. Its first parts
# wait in memory; they come onto the disk when the digest of what was fetched is the one in the order.
set -eu
. "$PARTS/order.sh"
. "$PARTS/say.sh"
. "$PARTS/disk-facts.sh"

MIB=1048576
# A mirror that sends less for as long is not sending.
SLOW_BYTES=4096
SLOW_SECONDS=60
CONNECT_SECONDS=20
TRIES=3
# A piece is in memory twice for a moment; larger ones save nothing.
PIECE_MIB=8
ESP_MIB=64

recheck_disks
url=$(order image_url)
root=$(cat "$STATE/root-device")
first=$(sed -n 1p "$STATE/system-disks")
esp=/dev/$(partition_of "$first" 2)
cd "$STATE"

unpack() { if [ "$(order image_compression)" = zstd ]; then zstd -dcq; else cat; fi; }

# Eight bytes of the partition table in the image's first MiB, as a number. Entries begin in sector 2 (UEFI 2.10 §5.3.3).
table_number() { od -An -tu8 -j "$1" -N 8 image-head | tr -d ' '; }

# A whole number of MiB from the stream to a file or device. What it prints goes to the log.
take() { dd bs=$MIB iflag=fullblock count="$1" of="$2" conv=notrunc seek="$3" 2>>dd.log; }

# The same past the cache: a small machine has no memory for what it will not read again.
take_through() { dd bs=$MIB iflag=fullblock oflag=direct count="$1" of="$2" conv=notrunc,fsync seek="$3" 2>>dd.log; }

place() {
  take 1 image-head 0
  [ "$(dd if=image-head bs=1 skip=512 count=8 2>/dev/null)" = 'EFI PART' ] || { echo 'the image has no partition table' >wrong; cat >/dev/null; return 1; }
  one=$(table_number 1056) two=$(table_number 1184) three=$(table_number 1312) end=$(table_number 1320)
  [ "$one" = 2048 ] && [ "$two" = 4096 ] && [ "$three" = $((4096 + ESP_MIB * 2048)) ] && [ $(((end + 1) % 2048)) = 0 ] ||
    { echo 'the image has not the three partitions that this installer knows' >wrong; cat >/dev/null; return 1; }
  take 1 image-core 0
  take 1 image-esp 0
  take $((ESP_MIB - 1)) "$esp" 1
  take_through $(((end + 1 - three) / 2048)) "$root" 0
  wc -c >rest-bytes
  echo $((2 + ESP_MIB + (end + 1 - three) / 2048)) >placed
}

# Gives what comes in to the descriptors 3 and 4, in pieces that lie in memory meanwhile. The tee of small systems takes a
# KiB at a time, which is slower than any disk.
both() {
  while dd bs=$MIB iflag=fullblock count=$PIECE_MIB of=piece 2>/dev/null && [ -s piece ]; do
    cat piece >&3
    cat piece >&4 || break
  done
  rm -f piece
}

stream() {
  rm -f digest wrong placed pipe image-head image-core image-esp
  mkfifo pipe
  sha256sum <pipe >digest &
  hashing=$!
  {
    fetched=0
    curl -sSf --noproxy '*' --connect-timeout $CONNECT_SECONDS --speed-limit $SLOW_BYTES --speed-time $SLOW_SECONDS "$url" 2>curl-error || fetched=$?
    echo $fetched >fetched
  } | { both 3>pipe 4>&1 | {
    unpacked=0
    unpack 2>unpack-error || unpacked=$?
    echo $unpacked >unpacked
  } | place || :; }
  wait $hashing
}

sectors_written() { awk '{ print $7 }' "$SYS/block/$first/stat"; }

try=1
while :; do
  sectors_written >"$STATE/write-from"
  began=$(cut -d' ' -f1 /proc/uptime)
  stream
  [ "$(cat fetched)" = 0 ] && break
  log "the image could not be fetched: $(tail -n 1 curl-error)"
  [ $try -lt $TRIES ] || fail "the image cannot be fetched from $url: $(tail -n 1 curl-error)"
  try=$((try + 1))
  sleep 5
done
[ "$(cut -d' ' -f1 digest)" = "$(order image_sha256)" ] ||
  fail "the image has the SHA-256 $(cut -d' ' -f1 digest), and $(order image_sha256) was ordered: nothing can start from this disk"
[ ! -s wrong ] || fail "$(cat wrong)"
[ "$(cat unpacked)" = 0 ] || fail "the image cannot be unpacked: $(tail -n 1 unpack-error)"
[ -s placed ] || fail "the disk does not take the image: $(tail -n 2 dd.log | tr '\n' ' ')"
total=$(($(cat placed) * MIB + $(cat rest-bytes)))
[ "$total" = "$(order image_raw_bytes)" ] || fail "the image has $total bytes once unpacked, and $(order image_raw_bytes) were ordered"
echo "$began $(cut -d' ' -f1 /proc/uptime) $(order image_bytes) $total" |
  awk '{ printf "wrote %d bytes (%d as sent) in %.1f s, %.1f MB/s\n", $4, $3, $2 - $1, $4 / 1e6 / ($2 - $1) }' >rate
log "$(cat rate)"
