# network
ip netns add techcommerce
ip link add tc1 type veth peer name eth0 netns techcommerce
ip address add 10.87.1.1/30 dev tc1
ip link set tc1 up
ip -n techcommerce address add 10.87.1.2/30 dev eth0
ip -n techcommerce link set lo up
ip -n techcommerce link set eth0 up
ip -n techcommerce route add default via 10.87.1.1
nsenter --net=/run/netns/techcommerce -- sysctl -q -w net.ipv4.ip_forward=1
nsenter --net=/run/netns/techcommerce -- sysctl -q -w net.bridge.bridge-nf-call-iptables=1

# the supervisor, in its namespaces; it starts the rest
CGROUPS='/control-group' FOLDER=/home/user/.local/state/techcommerce/techcommerce LAUNCHER=0 STORE=/home/user/.cache/techcommerce/registry nsenter --net=/run/netns/techcommerce -- unshare --mount --propagation private -- sh -c 'set -eu
for group in $CGROUPS; do echo $$ > "$group/cgroup.procs"; done
rm -rf "$FOLDER/private"  # as after a restart of a machine: nothing of an earlier life in /run
mkdir -p "$FOLDER/private/var" "$FOLDER/private/var.work" "$FOLDER/private/run" "$FOLDER/private/run.work"
touch "$FOLDER/host-network"
mount --rbind "$FOLDER" /mnt
mount --bind "/proc/$LAUNCHER/ns/net" /mnt/host-network
mount -t overlay overlay -o lowerdir=/var,upperdir=/mnt/private/var,workdir=/mnt/private/var.work /var
mount -t overlay overlay -o lowerdir=/run,upperdir=/mnt/private/run,workdir=/mnt/private/run.work /run
mkdir -p /var/lib/techcommerce
mount --rbind /mnt /var/lib/techcommerce
mkdir -p /var/lib/techcommerce/registry
mount --bind "$STORE" /var/lib/techcommerce/registry
mount --bind /var/lib/techcommerce/config/resolv.conf /etc/resolv.conf
mount --make-rshared /  # kubelet'"'"'s mounts must reach the containers
exec "$@"
' launch python -m platformctl supervise techcommerce

# wave 1
OTEL_TRACES_EXPORTER=none /programs/registry serve /var/lib/techcommerce/config/registry.yaml  # ready: http http://10.87.1.2:5001/v2/
HOME=/var/lib/techcommerce/gitea GITEA_WORK_DIR=/var/lib/techcommerce/gitea USER=root /programs/gitea web --config /var/lib/techcommerce/config/gitea.ini  # ready: http http://10.87.1.2:3001/api/healthz
/programs/etcd --data-dir=/var/lib/techcommerce/etcd --name=local --listen-client-urls=https://127.0.0.1:2379 --advertise-client-urls=https://127.0.0.1:2379 --listen-peer-urls=http://127.0.0.1:2380 --initial-advertise-peer-urls=http://127.0.0.1:2380 --initial-cluster=local=http://127.0.0.1:2380 --listen-metrics-urls=http://127.0.0.1:2381 --cert-file=/var/lib/techcommerce/pki/etcd.crt --key-file=/var/lib/techcommerce/pki/etcd.key --trusted-ca-file=/var/lib/techcommerce/pki/ca.crt --client-cert-auth --unsafe-no-fsync --log-level=warn  # ready: http http://127.0.0.1:2381/readyz
containerd --config=/var/lib/techcommerce/config/containerd.toml  # ready: unix /run/containerd/containerd.sock

# wave 2
nsenter --net=/var/lib/techcommerce/host-network -- /programs/traefik --configfile=/var/lib/techcommerce/config/published.yaml  # ready: listen 3001
GOGC=400 GOMEMLIMIT=1536MiB /programs/kube-apiserver --advertise-address=10.87.1.2 --bind-address=0.0.0.0 --secure-port=6443 --etcd-servers=https://127.0.0.1:2379 --etcd-cafile=/var/lib/techcommerce/pki/ca.crt --etcd-certfile=/var/lib/techcommerce/pki/etcd-client.crt --etcd-keyfile=/var/lib/techcommerce/pki/etcd-client.key --client-ca-file=/var/lib/techcommerce/pki/ca.crt --tls-cert-file=/var/lib/techcommerce/pki/kube-apiserver.crt --tls-private-key-file=/var/lib/techcommerce/pki/kube-apiserver.key --kubelet-certificate-authority=/var/lib/techcommerce/pki/ca.crt --kubelet-client-certificate=/var/lib/techcommerce/pki/kubelet-client.crt --kubelet-client-key=/var/lib/techcommerce/pki/kubelet-client.key --kubelet-preferred-address-types=InternalIP --service-account-key-file=/var/lib/techcommerce/pki/service-account.pub --service-account-signing-key-file=/var/lib/techcommerce/pki/service-account.key --service-account-issuer=https://kubernetes.default.svc.cluster.local --service-cluster-ip-range=10.96.0.0/16 --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --requestheader-client-ca-file=/var/lib/techcommerce/pki/ca.crt --requestheader-allowed-names=front-proxy-client --requestheader-extra-headers-prefix=X-Remote-Extra- --requestheader-group-headers=X-Remote-Group --requestheader-username-headers=X-Remote-User --proxy-client-cert-file=/var/lib/techcommerce/pki/front-proxy-client.crt --proxy-client-key-file=/var/lib/techcommerce/pki/front-proxy-client.key --allow-privileged=true --profiling=false  # ready: http https://127.0.0.1:6443/readyz

# wave 3
/programs/coredns -conf /var/lib/techcommerce/config/Corefile  # ready: http http://127.0.0.1:8182/health
/programs/kube-controller-manager --kubeconfig=/var/lib/techcommerce/kubeconfigs/kube-controller-manager --authentication-kubeconfig=/var/lib/techcommerce/kubeconfigs/kube-controller-manager --authorization-kubeconfig=/var/lib/techcommerce/kubeconfigs/kube-controller-manager --tls-cert-file=/var/lib/techcommerce/pki/loopback.crt --tls-private-key-file=/var/lib/techcommerce/pki/loopback.key --bind-address=127.0.0.1 --cluster-cidr=10.244.0.0/16 --allocate-node-cidrs=true --service-cluster-ip-range=10.96.0.0/16 --root-ca-file=/var/lib/techcommerce/pki/ca.crt --cluster-signing-cert-file=/var/lib/techcommerce/pki/ca.crt --cluster-signing-key-file=/var/lib/techcommerce/pki/ca.key --service-account-private-key-file=/var/lib/techcommerce/pki/service-account.key --use-service-account-credentials=true --leader-elect=false --profiling=false --node-monitor-grace-period=20s --horizontal-pod-autoscaler-sync-period=5s  # ready: http https://127.0.0.1:10257/healthz
/programs/kube-scheduler --kubeconfig=/var/lib/techcommerce/kubeconfigs/kube-scheduler --authentication-kubeconfig=/var/lib/techcommerce/kubeconfigs/kube-scheduler --authorization-kubeconfig=/var/lib/techcommerce/kubeconfigs/kube-scheduler --tls-cert-file=/var/lib/techcommerce/pki/loopback.crt --tls-private-key-file=/var/lib/techcommerce/pki/loopback.key --bind-address=127.0.0.1 --leader-elect=false --profiling=false  # ready: http https://127.0.0.1:10259/healthz
/programs/kubelet --config=/var/lib/techcommerce/config/kubelet.yaml --kubeconfig=/var/lib/techcommerce/kubeconfigs/kubelet --root-dir=/var/lib/techcommerce/kubelet --hostname-override=node --node-ip=10.87.1.2 --node-labels=topology.kubernetes.io/zone=local  # ready: http http://127.0.0.1:10248/healthz

# wave 4
/programs/kube-proxy --config=/var/lib/techcommerce/config/kube-proxy.yaml --hostname-override=node  # ready: http http://127.0.0.1:10256/livez
/programs/kube-router --run-firewall=true --run-router=false --run-service-proxy=false --kubeconfig=/var/lib/techcommerce/kubeconfigs/kube-router --hostname-override=node --health-port=20244 --metrics-port=0 --iptables-sync-period=5m  # ready: http http://127.0.0.1:20244/healthz
