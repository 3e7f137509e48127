#!/bin/sh
# fill.sh FOLDER: copy the files of Python, of the libraries it loads and of those that wheels expect
target=$1
packages="
  base-files netbase tzdata media-types
  libc6 libgcc-s1 libgomp1 libstdc++6 gcc-12-base
  libbz2-1.0 libcom-err2 libcrypt1 libdb5.3 libexpat1 libffi8 libgssapi-krb5-2 libk5crypto3 libkeyutils1
  libkrb5-3 libkrb5support0 liblzma5 libncursesw6 libnsl2 libreadline8 libsqlite3-0 libssl3 libtinfo6
  libtirpc-common libtirpc3 libuuid1 zlib1g
  libpython3.11-minimal libpython3.11-stdlib python3.11-minimal
"
apt-get install --yes --no-install-recommends libgomp1
for folder in bin lib lib64 sbin; do
  mkdir -p "$target/usr/$folder"
  ln -s "usr/$folder" "$target/$folder"
done
# shellcheck disable=SC2086 # one word each
dpkg --listfiles $packages | sort -u | while read -r path; do
  if [ -e "$path" ] || [ -L "$path" ]; then echo "$path"; fi
done > /filled.list
tar --create --no-recursion --files-from=/filled.list | tar --extract --keep-directory-symlink --directory="$target"
mkdir -p "$target/etc/ssl/certs" "$target/home/nonroot"
cp /etc/ssl/certs/ca-certificates.crt "$target/etc/ssl/certs/"
chown 65532:65532 "$target/home/nonroot"
install -d -m 1777 "$target/tmp"
ln -s python3.11 "$target/usr/bin/python3"
ln -s python3.11 "$target/usr/bin/python"
ldconfig -r "$target"
rm -rf "$target/var/cache/ldconfig" "$target"/usr/share/bash-completion
find "$target" -name __pycache__ -prune -exec rm -rf {} +
