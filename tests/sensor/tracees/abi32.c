/* A 64-bit program that calls the kernel as a 32-bit one (int 0x80) and as an x32 one. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static long call32(long number, unsigned long one, unsigned long two, unsigned long three)
{
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "b"(one), "c"(two), "d"(three)
                     : "memory", "r8", "r9", "r10", "r11");
    return result;
}

int main(void)
{
    /* 32-bit pointers reach only the lowest memory. */
    char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT,
                     -1, 0);
    if (low == MAP_FAILED)
        return 1;
    strcpy(low, "/abi32/open");
    if (call32(5, (unsigned long)low, O_RDONLY, 0) == -ENOSYS) {
        puts("no 32-bit calls");
        return 0;
    }
    strcpy(low, "/abi32/stat64");
    call32(195, (unsigned long)low, (unsigned long)low + 2048, 0);
    strcpy(low, "/abi32/execve");
    call32(11, (unsigned long)low, 0, 0);
    strcpy(low, "abi32-openat-below-working-directory");
    call32(295, (unsigned long)AT_FDCWD & 0xffffffffUL, (unsigned long)low, O_RDONLY);
    /* Number 4 is write here and stat there: read by the wrong table, this would be a lookup. */
    strcpy(low, "/abi32/written-and-not-looked-up\n");
    call32(4, 1, (unsigned long)low, strlen(low));

    /* socketcall: connect on a path. */
    unsigned *arguments = (unsigned *)(low + 1024);
    struct {
        unsigned short family;
        char path[64];
    } *address = (void *)(low + 512);
    address->family = 1;
    strcpy(address->path, "/abi32/socketcall");
    arguments[0] = 0;
    arguments[1] = (unsigned)(unsigned long)address;
    arguments[2] = 64;
    call32(102, 3, (unsigned long)arguments, 0);

    struct stat status;
    errno = 0;
    long x32 = syscall(0x40000000 | SYS_stat, "/abi32/x32", &status);
    printf("x32: %s\n", x32 < 0 && errno == ENOSYS ? "refused" : "ran");
    return 0;
}
