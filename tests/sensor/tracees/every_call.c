/* Makes each system call that names a path, with a path of its own: /tracee/NAME. None of the
 * paths exists, so nothing is changed. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static char buffer[4096];

int main(void)
{
    struct open_how how = {.flags = O_RDONLY};
    char *arguments[] = {(char *)"none", NULL};
    int root = open("/", O_RDONLY | O_DIRECTORY);
    if (root < 0 || chdir("/proc/self") < 0)
        return 1;

    syscall(SYS_openat, AT_FDCWD, "/tracee/openat", O_RDONLY);
    syscall(SYS_openat, root, "tracee/openat-below-descriptor", O_RDONLY);
    syscall(SYS_openat, AT_FDCWD, "tracee-openat-below-working-directory", O_RDONLY);
    syscall(SYS_openat2, AT_FDCWD, "/tracee/openat2", &how, sizeof how);
    syscall(SYS_newfstatat, AT_FDCWD, "/tracee/newfstatat", buffer, 0);
    syscall(SYS_newfstatat, root, "tracee/newfstatat-below", buffer, AT_SYMLINK_NOFOLLOW);
    syscall(SYS_newfstatat, root, "tracee/newfstatat-with-empty-path-flag", buffer, AT_EMPTY_PATH);
    syscall(SYS_statx, AT_FDCWD, "/tracee/statx", 0, STATX_ALL, buffer);
    syscall(SYS_faccessat, AT_FDCWD, "/tracee/faccessat", R_OK);
    syscall(SYS_faccessat2, AT_FDCWD, "/tracee/faccessat2", R_OK, 0);
    syscall(SYS_readlinkat, AT_FDCWD, "/tracee/readlinkat", buffer, sizeof buffer);
    syscall(SYS_execve, "/tracee/execve", arguments, NULL);
    syscall(SYS_execveat, AT_FDCWD, "/tracee/execveat", arguments, NULL, 0);
    syscall(SYS_chdir, "/tracee/chdir");
    syscall(SYS_chroot, "/tracee/chroot");
    syscall(SYS_statfs, "/tracee/statfs", buffer);
    syscall(SYS_getxattr, "/tracee/getxattr", "user.x", buffer, 16);
    syscall(SYS_lgetxattr, "/tracee/lgetxattr", "user.x", buffer, 16);
    syscall(SYS_listxattr, "/tracee/listxattr", buffer, 16);
    syscall(SYS_llistxattr, "/tracee/llistxattr", buffer, 16);
    syscall(SYS_setxattr, "/tracee/setxattr", "user.x", "1", 1, 0);
    syscall(SYS_lsetxattr, "/tracee/lsetxattr", "user.x", "1", 1, 0);
    syscall(SYS_removexattr, "/tracee/removexattr", "user.x");
    syscall(SYS_lremovexattr, "/tracee/lremovexattr", "user.x");
    syscall(SYS_inotify_add_watch, -1, "/tracee/inotify_add_watch", 1);
    syscall(SYS_fanotify_mark, -1, 1, 1, AT_FDCWD, "/tracee/fanotify_mark");
    syscall(SYS_name_to_handle_at, AT_FDCWD, "/tracee/name_to_handle_at", buffer, buffer, 0);
    syscall(SYS_mount, "/tracee/mount-source", "/tracee/mount-target", "none", 0, NULL);
    syscall(SYS_umount2, "/tracee/umount2", 0);
    syscall(SYS_pivot_root, "/tracee/pivot_root-new", "/tracee/pivot_root-old");
    syscall(SYS_swapon, "/tracee/swapon", 0);
    syscall(SYS_swapoff, "/tracee/swapoff");
    syscall(SYS_quotactl, 0, "/tracee/quotactl", 0, NULL);
    syscall(SYS_acct, "/tracee/acct");
    syscall(SYS_mkdirat, AT_FDCWD, "/tracee/mkdirat", 0);
    syscall(SYS_mknodat, AT_FDCWD, "/tracee/mknodat", 0, 0);
    syscall(SYS_renameat2, AT_FDCWD, "/tracee/renameat2-old", AT_FDCWD, "/tracee/renameat2-new", 0);
    syscall(SYS_linkat, AT_FDCWD, "/tracee/linkat-old", root, "tracee/linkat-new", 0);
    syscall(SYS_symlinkat, "only text", AT_FDCWD, "/tracee/symlinkat");
    syscall(SYS_unlinkat, AT_FDCWD, "/tracee/unlinkat", 0);
    syscall(SYS_truncate, "/tracee/truncate", 0L);
    syscall(SYS_fchmodat, AT_FDCWD, "/tracee/fchmodat", 0);
    syscall(SYS_fchownat, AT_FDCWD, "/tracee/fchownat", -1, -1, 0);
    syscall(SYS_utimensat, AT_FDCWD, "/tracee/utimensat", NULL, 0);
#ifdef SYS_open_tree
    syscall(SYS_open_tree, AT_FDCWD, "/tracee/open_tree", 0);
    syscall(SYS_move_mount, AT_FDCWD, "/tracee/move_mount-old", root, "tracee/move_mount-new", 0);
    syscall(SYS_fspick, AT_FDCWD, "/tracee/fspick", 0);
#endif
#ifdef SYS_mount_setattr
    syscall(SYS_mount_setattr, AT_FDCWD, "/tracee/mount_setattr", 0, NULL, 0);
#endif
#ifdef SYS_open /* the old forms, which newer architectures lack */
    syscall(SYS_open, "/tracee/open", O_RDONLY);
    syscall(SYS_creat, "/tracee/creat", 0);
    syscall(SYS_stat, "/tracee/stat", buffer);
    syscall(SYS_lstat, "/tracee/lstat", buffer);
    syscall(SYS_access, "/tracee/access", R_OK);
    syscall(SYS_readlink, "/tracee/readlink", buffer, sizeof buffer);
    syscall(SYS_mkdir, "/tracee/mkdir", 0);
    syscall(SYS_mknod, "/tracee/mknod", 0, 0);
    syscall(SYS_rename, "/tracee/rename-old", "/tracee/rename-new");
    syscall(SYS_renameat, root, "tracee/renameat-old", AT_FDCWD, "/tracee/renameat-new");
    syscall(SYS_link, "/tracee/link-old", "/tracee/link-new");
    syscall(SYS_symlink, "only text", "/tracee/symlink");
    syscall(SYS_unlink, "/tracee/unlink");
    syscall(SYS_rmdir, "/tracee/rmdir");
    syscall(SYS_chmod, "/tracee/chmod", 0);
    syscall(SYS_chown, "/tracee/chown", -1, -1);
    syscall(SYS_lchown, "/tracee/lchown", -1, -1);
    syscall(SYS_utime, "/tracee/utime", NULL);
    syscall(SYS_utimes, "/tracee/utimes", NULL);
    syscall(SYS_futimesat, AT_FDCWD, "/tracee/futimesat", NULL);
#endif

    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, "/tracee/connect");
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    connect(client, (struct sockaddr *)&address, sizeof address);
    strcpy(address.sun_path, "/tracee/bind");
    bind(client, (struct sockaddr *)&address, sizeof address);
    return 0;
}
