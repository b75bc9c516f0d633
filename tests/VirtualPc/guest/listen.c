// The whole of a test guest: opens each input device, whenever it appears, and says on the virtio port 'events' what it received:
//   ready                                    once, when the devices of the start are open
//   device + <name> | device - <name>        a device came or went (spaces of the name as _)
//   event <name> <type> <code> <value>       each EV_KEY, EV_REL and EV_ABS event, numbers as in linux/input-event-codes.h
//   dropped <name>                           the kernel's queue overflowed: what this guest says of that device is no longer complete
// Ctrl+Alt+End shuts it down, as a person does in a system's menu.
// On its own console it shows its name in large letters and the text typed, so that a monitor's picture tells both.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <linux/kd.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <dirent.h>
#include <unistd.h>

enum { MAX_DEVICES = 64, PORT_WAIT_MS = 60000 };
static struct { int fd; char node[32]; char name[128]; } devices[MAX_DEVICES];
static int count, out = -1, screen = -1, shift, control, alt;
static char pending[65536];
static size_t filled;

static void flush(void)
{
    for (size_t done = 0; out >= 0 && filled > 0; ) {
        ssize_t n = write(out, pending + done, filled - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) { perror("listen: the events port"); exit(1); }
        done += n;
        if (done == filled) filled = 0;
    }
}

static void say(const char *format, ...)
{
    if (filled > sizeof pending - 512) flush();
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(pending + filled, sizeof pending - filled, format, arguments);
    va_end(arguments);
    if (n > 0 && filled + n < sizeof pending) filled += n;
}

static void show(int key)
{
    static const char plain[] = "\0\0" "1234567890-=\0\0qwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0\0\0 ";
    static const char shifted[] = "\0\0" "!@#$%^&*()_+\0\0QWERTYUIOP{}\n\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0\0\0 ";
    if (key <= 0 || key >= (int)sizeof plain || screen < 0) return;
    char c = shift ? shifted[key] : plain[key];
    if (c == '\n') (void)!write(screen, "\r\n", 2);
    else if (c) (void)!write(screen, &c, 1);
}

// The console's own font, each of its pixels as a cell of the screen.
static void show_name(const char *name)
{
    static unsigned char glyphs[32 * 4 * 512];
    static char line[16384];
    struct console_font_op font = { .op = KD_FONT_OP_GET, .width = 32, .height = 32, .charcount = 512, .data = glyphs };
    // A clear screen without a cursor, that never goes blank.
    dprintf(screen, "\033[2J\033[H\033[?25l\033[9;0]\033[14;0]");
    if (ioctl(screen, KDFONTOP, &font) < 0 || font.width != 8) { dprintf(screen, "  %s\r\n\r\n", name); return; }
    for (unsigned row = 0; row < font.height; row++) {
        size_t n = sprintf(line, "  ");
        for (const char *c = name; *c && n < sizeof line - 200; c++)
            for (int column = 7; column >= 0; column--)
                n += sprintf(line + n, "%s", glyphs[(unsigned char)*c * 32 + row] >> column & 1 ? "\033[42m \033[0m" : " ");
        dprintf(screen, "%s\r\n", line);
    }
    dprintf(screen, "\r\n  ");
}

static void take(const char *node)
{
    char path[64];
    if (strncmp(node, "event", 5) || count == MAX_DEVICES) return;
    for (int i = 0; i < count; i++) if (!strcmp(devices[i].node, node)) return;
    snprintf(path, sizeof path, "/dev/input/%s", node);
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) { say("error open %s %s\n", node, strerror(errno)); return; }
    devices[count].fd = fd;
    snprintf(devices[count].node, sizeof devices[count].node, "%s", node);
    if (ioctl(fd, EVIOCGNAME(sizeof devices[count].name - 1), devices[count].name) < 0) strcpy(devices[count].name, "nameless");
    for (char *c = devices[count].name; *c; c++) if (*c == ' ') *c = '_';
    say("device + %s\n", devices[count].name);
    count++;
}

static void drop(int i)
{
    say("device - %s\n", devices[i].name);
    close(devices[i].fd);
    devices[i] = devices[--count];
}

static int hear(int i)
{
    struct input_event events[64];
    ssize_t n = read(devices[i].fd, events, sizeof events);
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    for (size_t e = 0; e < n / sizeof *events; e++) {
        struct input_event *event = &events[e];
        if (event->type == EV_SYN && event->code == SYN_DROPPED) say("dropped %s\n", devices[i].name);
        if (event->type != EV_KEY && event->type != EV_REL && event->type != EV_ABS) continue;
        say("event %s %d %d %d\n", devices[i].name, event->type, event->code, event->value);
        if (event->type != EV_KEY) continue;
        if (event->code == KEY_LEFTSHIFT || event->code == KEY_RIGHTSHIFT) shift = event->value != 0;
        else if (event->code == KEY_LEFTCTRL) control = event->value != 0;
        else if (event->code == KEY_LEFTALT) alt = event->value != 0;
        else if (event->code == KEY_END && control && alt) { flush(); reboot(RB_POWER_OFF); }
        else if (event->value) show(event->code);
    }
    return 1;
}

static void take_all(void)
{
    DIR *folder = opendir("/dev/input");
    if (!folder) return;
    for (struct dirent *entry; (entry = readdir(folder)); ) take(entry->d_name);
    closedir(folder);
}

static void open_port(void)
{
    if (out < 0) out = open("/dev/vport0p1", O_WRONLY | O_CLOEXEC);
    if (out < 0) out = open("/dev/vport1p1", O_WRONLY | O_CLOEXEC);
}

int main(int argc, char **argv)
{
    mkdir("/dev/input", 0755);
    int changes = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    int input = inotify_add_watch(changes, "/dev/input", IN_CREATE);
    inotify_add_watch(changes, "/dev", IN_CREATE);
    screen = open("/dev/tty1", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (screen >= 0) { ioctl(screen, KDSKBMODE, K_OFF); show_name(argc > 1 ? argv[1] : "guest"); }
    take_all();
    say("ready\n");
    open_port();
    for (;;) {
        struct pollfd polled[MAX_DEVICES + 1] = { { changes, POLLIN, 0 } };
        int n = count;
        for (int i = 0; i < n; i++) polled[i + 1] = (struct pollfd){ devices[i].fd, POLLIN, 0 };
        flush();
        int r = poll(polled, n + 1, out < 0 ? PORT_WAIT_MS : -1);
        if (r == 0) { fprintf(stderr, "listen: no virtio port 'events' within a minute\n"); return 1; }
        if (r < 0) continue;
        for (int i = n - 1; i >= 0; i--) if (polled[i + 1].revents && !hear(i)) drop(i);
        if (polled[0].revents) {
            char buffer[4096] __attribute__((aligned(8)));
            ssize_t length = read(changes, buffer, sizeof buffer);
            for (char *at = buffer; at < buffer + length; at += sizeof(struct inotify_event) + ((struct inotify_event *)at)->len) {
                struct inotify_event *change = (struct inotify_event *)at;
                if (change->mask & IN_Q_OVERFLOW) take_all();
                else if (change->wd == input) take(change->name);
            }
            open_port();
        }
    }
}
