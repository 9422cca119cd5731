#!/bin/sh
# The first process in an engine's own mount, network and pid namespaces. It joins the network to the machine's through
# a veth pair, makes the engine's tree the root, with the machine's folders in it at their own paths, and becomes the
# init whose only child is the program given as arguments.
#
# From the environment: TREE (read only), WORK (an empty folder), SHARED (folders, one a line), LINK and SUBNET (the
# veth pair's name and the first three bytes of its /30), HOST_NET (the machine's network namespace), PID_FILE, DATA (where
# the engine keeps all), DISK (the size of a disk of its own there; empty for none).
set -eu

read -r pid _ </proc/self/stat
echo "$pid" >"$PID_FILE"

ip link add eth0 type veth peer name "$LINK" netns "$HOST_NET"
nsenter --net="$HOST_NET" ip address add "$SUBNET.1/30" dev "$LINK"
nsenter --net="$HOST_NET" ip link set "$LINK" up
ip address add "$SUBNET.2/30" dev eth0
ip link set eth0 up
ip link set lo up

# Slave: what the machine mounts later is seen here, what is mounted here is not seen there.
mount --make-rslave /
mount -t tmpfs tmpfs "$WORK"
mkdir "$WORK/upper" "$WORK/work" "$WORK/root"
root="$WORK/root"
# Two engines share a tree; what they write beside their data goes to memory and is gone with them.
mount -t overlay overlay -o "lowerdir=$TREE,upperdir=$WORK/upper,workdir=$WORK/work" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
echo "$SHARED" | while read -r folder; do
  mkdir -p "$root$folder"
  case "$folder" in
    # These hold WORK or the trees: with their submounts the root would be mounted inside itself.
    */research-containers) mount --bind "$folder" "$root$folder" ;;
    *) mount --rbind "$folder" "$root$folder" ;;
  esac
done

mkdir "$root/.machine"
[ -z "$DISK" ] || mount -t tmpfs -o "size=$DISK" tmpfs "$root$DATA"

cd "$root"
pivot_root . .machine
umount -l /.machine
rmdir /.machine
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root tini -- "$@"
