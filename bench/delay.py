"""A server that answers slowly: forwards TCP connections, and holds back what the client sends.

    delay.py PORT SERVER_PORT MILLISECONDS COUNT

Listens on PORT of 127.0.0.2, 127.0.0.3 and so on, COUNT addresses in all.
"""

import asyncio
import sys

port, server_port, delay, count = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) / 1000, int(sys.argv[4])


async def pump(reader, writer, seconds):
    try:
        while data := await reader.read(65536):
            if seconds:
                await asyncio.sleep(seconds)
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def serve(reader, writer):
    try:
        other_reader, other_writer = await asyncio.open_connection("127.0.0.1", server_port)
    except OSError:
        writer.close()
        return
    await asyncio.gather(pump(reader, other_writer, delay), pump(other_reader, writer, 0))


async def main():
    for number in range(count):
        await asyncio.start_server(serve, f"127.0.0.{2 + number}", port)
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
