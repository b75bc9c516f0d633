"""A viewer of RFB 3.8 (RFC 6143), over TLS by VeNCrypt's X509Plain or at a unix socket without a password.

    viewer.py HOST:PORT USER PASSWORD | viewer.py PATH

Says a line for each thing that happens. Takes from standard input: 'key KEYSYM', which is pressed and released, and 'picture FILE', for which the
whole picture is asked for anew and written as PPM.
"""
import hashlib, os, socket, ssl, struct, sys, threading

X509_PLAIN = 262
lock = threading.Lock()
wanted = []
gone = False


def say(*words):
    print(*words, flush=True)


def take(stream, count):
    data = b""
    while len(data) < count:
        more = stream.recv(count - len(data))
        if not more:
            raise EOFError("the other end has closed")
        data += more
    return data


def number(stream, size=4):
    return int.from_bytes(take(stream, size), "big")


def reason(stream):
    return take(stream, number(stream)).decode()


def greet(stream, user, password):
    assert take(stream, 12) == b"RFB 003.008\n"
    stream.sendall(b"RFB 003.008\n")
    count = number(stream, 1)
    if count == 0:
        raise PermissionError(reason(stream))
    types = take(stream, count)
    if user is None:
        assert 1 in types, types
        stream.sendall(b"\1")
    else:
        assert 19 in types, types
        stream.sendall(b"\x13")
        take(stream, 2)
        stream.sendall(b"\0\2")
        assert number(stream, 1) == 0
        ways = [number(stream) for _ in range(number(stream, 1))]
        assert X509_PLAIN in ways, ways
        stream.sendall(struct.pack(">I", X509_PLAIN))
        assert number(stream, 1) == 1
        # Whose certificate it is, is compared by its fingerprint.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        stream = context.wrap_socket(stream)
        fingerprint = hashlib.sha256(stream.getpeercert(binary_form=True)).hexdigest().upper()
        say("certificate", ":".join(fingerprint[i:i + 2] for i in range(0, 64, 2)))
        stream.sendall(struct.pack(">II", len(user), len(password)) + user.encode() + password.encode())
    if number(stream) != 0:
        raise PermissionError(reason(stream))
    if user is not None:
        say("session ticket" if stream.session.has_ticket else "no session ticket")
    stream.sendall(b"\1")
    width, height = number(stream, 2), number(stream, 2)
    take(stream, 16)
    name = reason(stream)
    # 32 bits a pixel: blue, green, red, nothing.
    stream.sendall(struct.pack(">BxxxBBBBHHHBBBxxx", 0, 32, 24, 0, 1, 255, 255, 255, 16, 8, 0))
    stream.sendall(struct.pack(">BxHi", 2, 1, 0))
    say("came", f"{width}x{height}", name)
    return stream, width, height


def ask(stream, width, height):
    with lock:
        stream.sendall(struct.pack(">BBHHHH", 3, 0, 0, 0, width, height))


def obey(stream, width, height):
    for line in sys.stdin:
        what, argument = line.split()
        if what == "key":
            with lock:
                for down in (1, 0):
                    stream.sendall(struct.pack(">BBxxI", 4, down, int(argument, 0)))
        else:
            wanted.append(argument)
            ask(stream, width, height)


def show(stream, width, height):
    picture = bytearray(width * height * 4)
    seen = 0
    while True:
        kind = number(stream, 1)
        if kind == 0:
            take(stream, 1)
            for _ in range(number(stream, 2)):
                x, y, w, h, encoding = struct.unpack(">HHHHi", take(stream, 12))
                assert encoding == 0, encoding
                data = take(stream, w * h * 4)
                for row in range(h):
                    at = ((y + row) * width + x) * 4
                    picture[at:at + w * 4] = data[row * w * 4:(row + 1) * w * 4]
                seen += w * h
            # An update that is not incremental has all of it, be it in parts.
            if seen < width * height:
                continue
            seen = 0
            if wanted:
                rgb = bytearray(width * height * 3)
                rgb[0::3], rgb[1::3], rgb[2::3] = picture[2::4], picture[1::4], picture[0::4]
                file = wanted.pop(0)
                with open(file, "wb") as out:
                    out.write(b"P6\n%d %d\n255\n" % (width, height) + rgb)
                say("picture", file)
        elif kind == 2:
            pass
        elif kind == 3:
            take(stream, 3)
            take(stream, number(stream))
        else:
            raise AssertionError(f"message {kind}")


def main():
    user, password = sys.argv[2:4] if len(sys.argv) > 2 else (None, None)
    if user is None:
        stream = socket.socket(socket.AF_UNIX)
        stream.connect(sys.argv[1])
    else:
        host, port = sys.argv[1].rsplit(":", 1)
        stream = socket.create_connection((host, int(port)))
    try:
        stream, width, height = greet(stream, user, password)
        threading.Thread(target=obey, args=(stream, width, height), daemon=True).start()
        show(stream, width, height)
    except PermissionError as refusal:
        say("refused", refusal)
    except (EOFError, OSError) as end:
        say("gone", end)
    os._exit(0)


main()
