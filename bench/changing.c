// The whole of a test guest whose picture changes in one small place: eight letters of two lines of its console, 64 x 32 pixels by the kernel's
// own font, have another colour HERTZ times a second, and the kernel tells the guest's card of that area alone. All else has one colour. It takes the
// place of tests/VirtualPc/guest/listen.c, whose init has loaded the drivers, and says 'ready' on the virtio port 'events' when the picture is there.
#include <fcntl.h>
#include <linux/kd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { HERTZ = 2 };

int main(void)
{
    int screen = open("/dev/tty1", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (screen < 0) { perror("changing: /dev/tty1"); return 1; }
    ioctl(screen, KDSKBMODE, K_OFF);
    // Blue all over, without a cursor, never blank.
    dprintf(screen, "\033[9;0]\033[14;0]\033[?25l\033[44m\033[2J\033[H");
    int port = open("/dev/vport0p1", O_WRONLY | O_CLOEXEC);
    if (port < 0) port = open("/dev/vport1p1", O_WRONLY | O_CLOEXEC);
    dprintf(port, "ready\n");

    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    struct itimerspec period = { .it_value.tv_nsec = 1000000000 / HERTZ, .it_interval.tv_nsec = 1000000000 / HERTZ };
    timerfd_settime(timer, 0, &period, NULL);
    for (unsigned frame = 0;; frame++) {
        uint64_t times;
        char frames[64];
        if (read(timer, &times, sizeof times) < 0) { perror("changing: the timer"); return 1; }
        // Green and magenta by turns, as one write, so that it is one change.
        int colour = frame & 1 ? 45 : 42;
        int length = snprintf(frames, sizeof frames, "\033[%dm\033[30;100H        \033[31;100H        ", colour);
        if (write(screen, frames, length) < 0) { perror("changing: the screen"); return 1; }
    }
}
