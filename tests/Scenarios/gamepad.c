/*
 * A gamepad over Bluetooth, and somebody who plays with it.
 *
 *   gamepad be ADDRESS ORDERS     a Bluetooth gamepad (uhid) that the kernel's driver for the Xbox One S controller takes; says 'here',
 *                                 then 'felt STRONG WEAK' (each of 0 to 100) whenever that changes. Orders: press N, release N, stick VALUE
 *   gamepad feel NODE ORDERS      has an event node open, says 'open'. Orders: upload STRONG WEAK (each of 0 to 65535), play, stop, erase;
 *                                 says each again when it is done, or why it could not be
 *
 * ORDERS is a FIFO that it makes; a line is an order. It ends with the order 'end'.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <linux/uhid.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static const unsigned char descriptor[] = {
    0x05, 0x01, 0x09, 0x05, 0xa1, 0x01,                                                                         /* a gamepad, */
    0x85, 0x01,                                                                                                 /* report 1: */
    0x09, 0x30, 0x09, 0x31, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x02, 0x81, 0x02,                   /* X and Y, a byte each, */
    0x05, 0x09, 0x19, 0x01, 0x29, 0x08, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02,             /* and eight buttons */
    0xc0,
};

static int open_or_die(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) { fprintf(stderr, "gamepad: %s: %s\n", path, strerror(errno)); exit(1); }
    return fd;
}

static FILE *orders(const char *path)
{
    if (mkfifo(path, 0600) < 0) { fprintf(stderr, "gamepad: %s: %s\n", path, strerror(errno)); exit(1); }
    /* For writing too, so that it does not end with the first one who gives an order. */
    FILE *file = fdopen(open_or_die(path), "r");
    setvbuf(file, NULL, _IONBF, 0);
    return file;
}

static void send(int uhid, const unsigned char *report, size_t size)
{
    struct uhid_event event = { .type = UHID_INPUT2, .u.input2.size = size };
    memcpy(event.u.input2.data, report, size);
    if (write(uhid, &event, sizeof event) < 0) { perror("gamepad: /dev/uhid"); exit(1); }
}

static void hear(int uhid)
{
    static int strong, weak;
    struct uhid_event event;
    if (read(uhid, &event, sizeof event) < 0) { perror("gamepad: /dev/uhid"); exit(1); }
    if (event.type == UHID_START) printf("here\n");
    /* Report 3: which motors, then how strong each is: the triggers', left, right. The kernel sends an effect without an end twice where a tick falls so. */
    if (event.type != UHID_OUTPUT || event.u.output.size < 6 || event.u.output.data[0] != 3) return;
    const unsigned char *magnitudes = event.u.output.data + 2;
    if (magnitudes[0] + magnitudes[2] == strong && magnitudes[1] + magnitudes[3] == weak) return;
    strong = magnitudes[0] + magnitudes[2];
    weak = magnitudes[1] + magnitudes[3];
    printf("felt %d %d\n", strong, weak);
}

static int be(const char *address, FILE *from)
{
    int uhid = open_or_die("/dev/uhid");
    struct uhid_event event = { .type = UHID_CREATE2, .u.create2 = { .rd_size = sizeof descriptor, .bus = BUS_BLUETOOTH, .vendor = 0x045e, .product = 0x02fd } };
    strcpy((char *)event.u.create2.name, "Pad");
    strncpy((char *)event.u.create2.uniq, address, sizeof event.u.create2.uniq - 1);
    memcpy(event.u.create2.rd_data, descriptor, sizeof descriptor);
    if (write(uhid, &event, sizeof event) < 0) { perror("gamepad: /dev/uhid"); return 1; }

    unsigned char report[] = { 1, 128, 128, 0 };
    struct pollfd wait[] = { { .fd = uhid, .events = POLLIN }, { .fd = fileno(from), .events = POLLIN } };
    char line[64];
    int number;
    while (poll(wait, 2, -1) > 0) {
        if (wait[0].revents) hear(uhid);
        if (!wait[1].revents) continue;
        if (!fgets(line, sizeof line, from) || !strcmp(line, "end\n")) return 0;
        if (sscanf(line, "press %d", &number) == 1) report[3] |= 1 << number;
        if (sscanf(line, "release %d", &number) == 1) report[3] &= ~(1 << number);
        if (sscanf(line, "stick %d", &number) == 1) report[1] = number;
        send(uhid, report, sizeof report);
    }
    return 1;
}

static int feel(const char *path, FILE *from)
{
    int node = open_or_die(path);
    struct ff_effect effect = { .type = FF_RUMBLE, .id = -1 };
    char line[64];
    printf("open\n");
    while (fgets(line, sizeof line, from) && strcmp(line, "end\n")) {
        int strong, weak, done = -1;
        struct input_event play = { .type = EV_FF, .code = effect.id, .value = !strcmp(line, "play\n") };
        if (sscanf(line, "upload %d %d", &strong, &weak) == 2) {
            effect.u.rumble.strong_magnitude = strong;
            effect.u.rumble.weak_magnitude = weak;
            done = ioctl(node, EVIOCSFF, &effect);
        }
        else if (!strcmp(line, "erase\n")) done = ioctl(node, EVIOCRMFF, (long)effect.id);
        else done = write(node, &play, sizeof play) == sizeof play ? 0 : -1;
        line[strcspn(line, " \n")] = 0;
        printf("%s%s%s\n", line, done < 0 ? ": " : "", done < 0 ? strerror(errno) : "");
        if (!strcmp(line, "erase")) effect.id = -1;
    }
    return 0;
}

int main(int count, char **words)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (count == 4 && !strcmp(words[1], "be")) return be(words[2], orders(words[3]));
    if (count == 4 && !strcmp(words[1], "feel")) return feel(words[2], orders(words[3]));
    fprintf(stderr, "Use: gamepad be ADDRESS ORDERS | gamepad feel NODE ORDERS\n");
    return 2;
}
