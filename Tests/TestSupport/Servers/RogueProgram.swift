/// The program of ``RogueServer``, for python3.
enum RogueProgram {
    /// Takes a folder with `scenario.json`; puts `port` there when it listens, and `record-N`, one
    /// packet a line, when connection N has ended.
    static let text = #"""
        import json, os, socket, ssl, struct, sys

        folder = sys.argv[1]
        scenario = json.load(open(folder + "/scenario.json"))
        scramble = b"abcdefghijklmnopqrst"
        CLIENT_LOCAL_FILES, CLIENT_SSL, CLIENT_PLUGIN_AUTH = 1 << 7, 1 << 11, 1 << 19
        OK = b"\0\0\0\2\0\0\0"

        def put(name, text):
            with open(folder + "/new", "w") as file:
                file.write(text)
            os.rename(folder + "/new", folder + "/" + name)

        class Peer:
            def __init__(self, stream):
                self.stream, self.channel, self.sequence, self.record = stream, "clear", 0, []

            def note(self, data):
                self.record.append(json.dumps({"channel": self.channel, "bytes": data.hex()}))

            def exactly(self, count):
                data = b""
                while len(data) < count:
                    part = self.stream.recv(count - len(data))
                    if not part:
                        # The beginning of a packet is noted, too.
                        if data:
                            self.note(data)
                        raise ConnectionError
                    data += part
                return data

            def read(self):
                head = self.exactly(4)
                self.sequence = (head[3] + 1) & 255
                data = self.exactly(int.from_bytes(head[:3], "little"))
                self.note(data)
                return data

            def packet(self, data):
                framed = len(data).to_bytes(3, "little") + bytes([self.sequence]) + data
                self.sequence = (self.sequence + 1) & 255
                return framed

            def write(self, data):
                self.stream.sendall(self.packet(data))

        def greeting():
            flags = 0x81FFF7DF | CLIENT_PLUGIN_AUTH | CLIENT_LOCAL_FILES
            flags = flags | CLIENT_SSL if "certificate" in scenario else flags & ~CLIENT_SSL
            for flag in scenario["without"]:
                flags &= ~flag
            data = b"\x0a" + b"8.4.0-rogue\0" + struct.pack("<I", 7) + scramble[:8] + b"\0"
            data += struct.pack("<H", flags & 0xFFFF) + b"\x21" + struct.pack("<H", 2)
            data += struct.pack("<H", flags >> 16) + bytes([21]) + b"\0" * 10
            return data + scramble[8:] + b"\0" + scenario["plugin"].encode() + b"\0"

        def log_in(peer):
            first = scenario.get("first")
            hello = peer.packet(greeting() if first is None else bytes.fromhex(first))
            for extra in scenario["injected"]:
                peer.sequence = extra["sequence"]
                hello += peer.packet(bytes.fromhex(extra["bytes"]))
            peer.stream.sendall(hello)
            data = peer.read()
            if len(data) == 32 and "certificate" in scenario:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(scenario["certificate"], scenario["key"])
                peer.stream = context.wrap_socket(peer.stream, server_side=True)
                peer.channel = "tls"
                data = peer.read()
            for name in scenario["switches"]:
                asked = b"\xfe" + name.encode() + b"\0" + scramble + b"\0"
                if name == "client_ed25519":
                    asked = b"\xfe" + name.encode() + b"\0" + scramble + b"abcdefghijkl"
                peer.write(b"\xfe" if name == "old" else asked)
                answer = peer.read()
                if name in ("caching_sha2_password", "sha256_password"):
                    if len(answer) == 32:
                        peer.write(b"\x01\x04")
                        answer = peer.read()
                    if answer in (b"\x01", b"\x02"):
                        peer.write(b"\x01" + open(folder + "/public.pem", "rb").read())
                        peer.read()
            peer.write(bytes.fromhex(scenario["verdict"]) if "verdict" in scenario else OK)

        def serve(peer):
            log_in(peer)
            while True:
                peer.sequence = 0
                peer.read()
                if "infile" in scenario:
                    if scenario["infileIsSecond"]:
                        peer.write(b"\0\0\0\x0a\0\0\0")
                    peer.write(b"\xfb" + scenario["infile"].encode())
                    while peer.read():
                        pass
                peer.write(OK)

        listener = socket.create_server(("127.0.0.1", 0))
        put("port", str(listener.getsockname()[1]))
        number = 0
        while True:
            stream, _ = listener.accept()
            stream.settimeout(20)
            peer = Peer(stream)
            try:
                serve(peer)
            except OSError:
                pass
            peer.stream.close()
            put("record-%d" % number, "\n".join(peer.record))
            number += 1
        """#
}
