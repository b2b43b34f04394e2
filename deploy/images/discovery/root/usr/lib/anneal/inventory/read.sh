# Reading of single values, for the parts of the inventory.

# fact FILE: its first line without the blanks around it; nothing where it cannot be read, or is what makers leave there.
fact() {
  local text=
  { IFS= read -r text <"$1"; } 2>/dev/null
  text=${text//[$'\001'-$'\037\177']/}
  text=${text#"${text%%[! ]*}"}
  text=${text%"${text##*[! ]}"}
  case ${text,,} in
    'to be filled by o.e.m.' | 'default string' | 'not specified' | 'not applicable' | 'system serial number' | none | unknown | 'n/a' | . | 0) text= ;;
  esac
  printf '%s' "$text"
}

# The name of the driver of a device folder.
driver_of() {
  local path
  path=$(readlink "$1/driver") && printf '%s' "${path##*/}"
}
