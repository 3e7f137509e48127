/* Holds the namespaces of a pod: waits to be told to end, and takes in processes whose parent is gone. */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>

int main(void) {
    sigset_t awaited;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGINT);
    sigaddset(&awaited, SIGTERM);
    sigaddset(&awaited, SIGCHLD);
    /* blocked and waited for: process 1 has no default action that would end it */
    sigprocmask(SIG_BLOCK, &awaited, NULL);
    for (;;) {
        int taken = sigwaitinfo(&awaited, NULL);
        if (taken == SIGCHLD) {
            while (waitpid(-1, NULL, WNOHANG) > 0) {
            }
        } else if (taken > 0) {
            return 0;
        } else if (errno != EINTR) {
            return 1;
        }
    }
}
