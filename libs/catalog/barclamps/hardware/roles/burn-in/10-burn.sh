# Puts CPU, memory and disks under load and looks whether they make mistakes. Disks are read, never written to. stress-ng
# does it where it is installed; a plain way that needs no more than coreutils does it elsewhere.
seconds=$(read_attribute burn-in-seconds)
percent=$(read_attribute burn-in-memory-percent)
disk_mib=$(read_attribute burn-in-disk-mib)
threads=$(nproc)
folder=$(mktemp -d)
trap 'rm -rf "$folder"; [ -z "${mounted:-}" ] || { umount "$mounted" && rmdir "$mounted"; }' EXIT
now() { date +%s; }

# The same sum again and again on every thread; one that comes out differently is a mistake of the CPU.
burn_cpu_plainly() {
  local end=$(($(now) + seconds)) count=0 sum first=
  while [ "$(now)" -lt "$end" ]; do
    sum=$(head -c 16777216 /dev/zero | sha256sum)
    [ -n "$first" ] || first=$sum
    [ "$sum" = "$first" ] || return 1
    count=$((count + 1))
  done
  echo "$count" >"$folder/cpu.$1"
}
echo "CPU: $threads threads for $seconds s"
if command -v stress-ng >/dev/null; then
  tool=stress-ng
  stress-ng --cpu "$threads" --verify --timeout "${seconds}s" --metrics-brief 2>&1 | tail -n 20
  rounds=null
else
  tool=sha256sum
  pids=()
  for ((t = 0; t < threads; t++)); do
    burn_cpu_plainly "$t" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do
    wait "$pid" || {
      echo "the CPU has made a mistake: the same sum came out differently" >&2
      exit 1
    }
  done
  rounds=$(cat "$folder"/cpu.* | awk '{ n += $1 } END { print n + 0 }')
fi
cpu=$(printf '{"tool":"%s","threads":%d,"seconds":%d,"rounds":%s,"mistakes":0}' "$tool" "$threads" "$seconds" "$rounds")

free_mib=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)
mib=$((free_mib * percent / 100))
[ "$mib" -ge 1 ] || mib=1
echo "memory: $mib MiB for $seconds s"
if command -v stress-ng >/dev/null; then
  stress-ng --vm 1 --vm-bytes "${mib}M" --vm-method all --verify --timeout "${seconds}s" 2>&1 | tail -n 5
  passes=null
else
  # Half of it twice: what is written is read back and must be the same.
  half=$((mib / 2))
  [ "$half" -ge 1 ] || half=1
  mounted=$(mktemp -d)
  if ! mount -t tmpfs -o "size=$((half + 1))M,mode=700" tmpfs "$mounted" 2>/dev/null; then
    rmdir "$mounted"
    mounted=
  fi
  place=${mounted:-$folder}
  end=$(($(now) + seconds)) passes=0
  while :; do
    sum=$(head -c "$((half * 1048576))" /dev/urandom | tee "$place/pattern" | sha256sum)
    [ "$(sha256sum <"$place/pattern")" = "$sum" ] || {
      echo "the memory has made a mistake: what was read is not what was written" >&2
      exit 1
    }
    passes=$((passes + 1))
    [ "$(now)" -lt "$end" ] || break
  done
  rm -f "$place/pattern"
fi
memory=$(printf '{"tool":"%s","mib":%d,"seconds":%d,"passes":%s,"mistakes":0}' "${tool/sha256sum/tmpfs}" "$mib" "$seconds" "$passes")

disks=
if [ "$disk_mib" != 0 ]; then
  for path in /sys/block/*; do
    name=${path##*/}
    case $name in loop* | ram* | zram* | sr* | dm-* | md* | nbd* | fd*) continue ;; esac
    [ "$(cat "$path/removable" 2>/dev/null)" = 0 ] || continue
    [ -b "/dev/$name" ] || continue
    size_mib=$(($(cat "$path/size") / 2048))
    [ "$size_mib" -ge 1 ] || continue
    many=$size_mib
    if [ "$disk_mib" -gt 0 ] && [ "$disk_mib" -lt "$many" ]; then many=$disk_mib; fi
    serial=$(cat "$path/device/serial" 2>/dev/null || cat "$path/serial" 2>/dev/null || true)
    serial=$(tr -cd '[:alnum:]._-' <<<"$serial" | cut -c1-64)
    echo "disk $name: reading $many MiB"
    begin=$(date +%s%N)
    status=0
    timeout "$seconds" dd if="/dev/$name" of=/dev/null bs=1M count="$many" 2>"$folder/dd" || status=$?
    took_ms=$((($(date +%s%N) - begin) / 1000000 + 1))
    if [ "$status" -ne 0 ] && [ "$status" -ne 124 ]; then
      echo "the disk $name ($serial) cannot be read: $(head -n 1 "$folder/dd")" >&2
      exit 1
    fi
    speed=null
    [ "$status" -ne 0 ] || speed=$((many * 1000 / took_ms))
    disks="$disks${disks:+,}$(printf '{"name":"%s","serial":"%s","mib":%d,"mib_per_second":%s,"whole":%s}' \
      "$name" "$serial" "$many" "$speed" "$([ "$status" -eq 0 ] && echo true || echo false)")"
  done
fi
write_attribute burn-in-results "{\"cpu\":$cpu,\"memory\":$memory,\"disks\":[$disks]}"
