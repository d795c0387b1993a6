#!/bin/busybox sh
# The first process of the virtual machine: loads the modules, takes the host's files as its own and runs the job.
#
# What it writes goes into memory, over the host's files, and is forgotten. Only $results is the host's own folder.

export PATH=/bin
/bin/busybox mkdir -p /proc /sys /dev /host /memory /new
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
exec </dev/null >/dev/console 2>&1

finish() {
    sync
    poweroff -f
}
. /settings # results: the host's folder for the results; seconds: the longest that the job may take

for module in $(cat /modules/order); do
    insmod "/modules/$module" || echo "Module $module could not be loaded."
done

share=trans=virtio,version=9p2000.L,msize=1048576
mount -t 9p -o "$share,cache=loose,ro" host /host || finish
mount -t tmpfs memory /memory
mkdir /memory/upper /memory/work
mount -t overlay -o lowerdir=/host,upperdir=/memory/upper,workdir=/memory/work root /new || finish
mount -t proc proc /new/proc
mount -t sysfs sys /new/sys
mount -t devtmpfs dev /new/dev
mkdir -p /new/dev/pts /new/dev/shm
mount -t devpts pts /new/dev/pts
mount -t tmpfs shm /new/dev/shm
mount -t tmpfs run /new/run
mkdir -p "/new$results"
mount -t 9p -o "$share" results "/new$results" || finish

# Through cat, so that no program takes the console for a terminal with somebody in front of it. The host ends the
# machine in time; the limit here is for a host that was ended itself.
timeout "$seconds" chroot /new /bin/sh "$results/job.sh" 2>&1 | cat
finish
