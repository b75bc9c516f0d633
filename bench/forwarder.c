/*
 * The reference: the least that a program can do that moves input events between descriptors. It waits with epoll, reads up to 64 events
 * at once and writes them at once. It knows no keys, no focus and no hotkeys, and forgets what can't be written.
 *
 * Use: forwarder [--single] SINK SOURCE...      SINK may be 'uinput': a virtual mouse; then the sources are grabbed event nodes
 *   --single: one system call an event, in and out, as a program that goes event by event does.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <linux/uinput.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int open_or_die(const char *path)
{
    int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        fprintf(stderr, "forwarder: could not open %s: %s\n", path, strerror(errno));
        _exit(1);
    }
    return fd;
}

static int make_mouse(void)
{
    int fd = open_or_die("/dev/uinput");
    struct uinput_setup setup = { .id.bustype = BUS_VIRTUAL, .name = "forwarder" };
    ioctl(fd, UI_SET_EVBIT, EV_KEY);
    for (int button = BTN_LEFT; button <= BTN_TASK; button++)
        ioctl(fd, UI_SET_KEYBIT, button);
    ioctl(fd, UI_SET_EVBIT, EV_REL);
    for (int axis = REL_X; axis <= REL_HWHEEL_HI_RES; axis++)
        ioctl(fd, UI_SET_RELBIT, axis);
    if (ioctl(fd, UI_DEV_SETUP, &setup) < 0 || ioctl(fd, UI_DEV_CREATE) < 0) {
        fprintf(stderr, "forwarder: could not make a virtual mouse: %s\n", strerror(errno));
        _exit(1);
    }
    return fd;
}

int main(int argc, char **argv)
{
    int single = argc > 1 && strcmp(argv[1], "--single") == 0;
    if (argc < 3 + single) {
        fprintf(stderr, "Use: forwarder [--single] SINK SOURCE...\n");
        return 2;
    }

    int kernel = strcmp(argv[1 + single], "uinput") == 0;
    int sink = kernel ? make_mouse() : open_or_die(argv[1 + single]);
    int set = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 2 + single; i < argc; i++) {
        struct epoll_event one = { .events = EPOLLIN, .data.fd = open_or_die(argv[i]) };
        if (kernel)
            ioctl(one.data.fd, EVIOCGRAB, 1);
        epoll_ctl(set, EPOLL_CTL_ADD, one.data.fd, &one);
    }

    struct input_event events[64];
    struct epoll_event ready[64];
    for (;;) {
        int count = epoll_wait(set, ready, 64, -1);
        for (int i = 0; i < count; i++) {
            if (!single) {
                ssize_t length = read(ready[i].data.fd, events, sizeof events);
                if (length > 0 && write(sink, events, length) != length)
                    fprintf(stderr, "forwarder: lost events\n");
                continue;
            }
            while (read(ready[i].data.fd, events, sizeof *events) > 0)
                if (write(sink, events, sizeof *events) != sizeof *events)
                    fprintf(stderr, "forwarder: lost events\n");
        }
    }
}
