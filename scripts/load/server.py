"""The same server in Python: aiohttp where it is installed, else http.server with a thread for each connection."""

import asyncio
import json

import torch

torch.set_num_threads(1)
model = torch.nn.Sequential(torch.nn.Linear(3072, 256), torch.nn.ReLU(), torch.nn.Linear(256, 10)).eval()


def answer(body):
    with torch.no_grad():
        scores = model(torch.frombuffer(bytearray(body), dtype=torch.float32).unsqueeze(0))[0]
    return json.dumps(scores.tolist()).encode()


async def with_aiohttp(web):
    async def predict(request):
        return web.Response(body=answer(await request.read()))

    app = web.Application()
    app.router.add_post("/", predict)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print("aiohttp", runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def with_threads():
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def log_message(self, *args):
            pass

        def do_POST(self):
            body = answer(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    ThreadingHTTPServer.request_queue_size = 128
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print("http.server", server.server_address[1], flush=True)
    server.serve_forever()


try:
    from aiohttp import web
except ImportError:
    with_threads()
else:
    asyncio.run(with_aiohttp(web))
