# Looks whether every array runs, and writes down what there is.
result=
for ((i = 0; ; i++)); do
  has_attribute "raid-arrays/$i" || break
  name=$(read_attribute "raid-arrays/$i/name")
  detail=$(mdadm --detail "/dev/md/$name")
  state=$(sed -n 's/^ *State : *//p' <<<"$detail" | tr -d '\\"' | head -n 1)
  case $state in
  *FAILED* | *inactive*)
    echo "the array $name is $state" >&2
    exit 1
    ;;
  esac
  result="$result${result:+,}$(printf '{"name":"%s","level":%d,"state":"%s"}' "$name" "$(read_attribute "raid-arrays/$i/level")" "$state")"
done
write_attribute raid-arrays-now "[$result]"
