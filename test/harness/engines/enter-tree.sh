#!/bin/sh
# Runs the program given as arguments in a Debian system as it is in the folder TREE, in a mount namespace of its own. The
# program sees FOLDER as /mnt and starts there; nothing else that it writes outlives it.
set -eu

mount --make-rprivate /
mount --bind "$TREE" "$TREE"
mount --bind "$FOLDER" "$TREE/mnt"
mount -t proc proc "$TREE/proc"
mount --rbind /sys "$TREE/sys"
mount --rbind /dev "$TREE/dev"
for folder in root run tmp; do mount -t tmpfs tmpfs "$TREE/$folder"; done
mount -o remount,bind,ro "$TREE"

cd "$TREE"
pivot_root . .
umount -l .
cd /mnt
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp "$@"
