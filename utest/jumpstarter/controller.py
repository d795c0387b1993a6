"""A stand-in for Jumpstarter's controller and router: one exporter, one lease, which ends.

    python controller.py HOST:PORT CERTIFICATE KEY SECONDS

What it speaks is Jumpstarter's own protocol, as far as `jmp run`, `jmp shell` and a lease need it. The lease is said
to last so many seconds and is ended when they are over; a line on standard input ends it at once, as an
administrator would.
"""

import asyncio
import sys
import time

import grpc
from google.protobuf import empty_pb2
from jumpstarter_protocol import (
    client_pb2,
    client_pb2_grpc,
    jumpstarter_pb2,
    jumpstarter_pb2_grpc,
    kubernetes_pb2,
    router_pb2,
    router_pb2_grpc,
)

LEASE, EXPORTER, CLIENT = "noon", "bench", "tester"


class Controller(jumpstarter_pb2_grpc.ControllerServiceServicer, client_pb2_grpc.ClientServiceServicer):
    def __init__(self, endpoint, seconds):
        self._endpoint, self._seconds = endpoint, seconds
        self._begin = self._end = 0.0
        self._changed = asyncio.Event()
        self._dials, self._count = asyncio.Queue(), 0

    def change(self, **times):
        for name, value in times.items():
            setattr(self, name, value)
        self._changed.set()
        self._changed = asyncio.Event()

    def end(self):
        self.change(_end=time.time())

    @property
    def _leased(self):
        return bool(self._begin) and not self._end

    # -- for the exporter ---------------------------------------------------------------------------

    async def Register(self, _request, _context):
        return jumpstarter_pb2.RegisterResponse(uuid="bench")

    async def Unregister(self, _request, _context):
        return jumpstarter_pb2.UnregisterResponse()

    async def ReportStatus(self, _request, _context):
        return jumpstarter_pb2.ReportStatusResponse()

    async def ReleaseLease(self, _request, _context):
        self.end()
        return jumpstarter_pb2.ReleaseLeaseResponse()

    async def Status(self, _request, _context):
        while True:
            changed = self._changed
            lease = {"lease_name": LEASE, "client_name": CLIENT} if self._leased else {}
            yield jumpstarter_pb2.StatusResponse(leased=self._leased, **lease)
            await changed.wait()

    async def Listen(self, _request, _context):
        while True:
            token = await self._dials.get()
            yield jumpstarter_pb2.ListenResponse(router_endpoint=self._endpoint, router_token=token)

    # -- for the client -----------------------------------------------------------------------------

    async def Dial(self, _request, context):
        if not self._leased:
            await context.abort(grpc.StatusCode.UNKNOWN, "lease not active")
        self._count += 1
        token = f"stream {self._count}"
        await self._dials.put(token)
        return jumpstarter_pb2.DialResponse(router_endpoint=self._endpoint, router_token=token)

    async def CreateLease(self, _request, _context):
        self.change(_begin=time.time(), _end=0.0)
        asyncio.get_running_loop().call_later(self._seconds, self.end)
        return self._lease()

    async def GetLease(self, _request, _context):
        return self._lease()

    async def DeleteLease(self, _request, _context):
        self.end()
        return empty_pb2.Empty()

    async def GetExporter(self, _request, _context):
        return client_pb2.Exporter(name=f"namespaces/lab/exporters/{EXPORTER}", online=True)

    def _lease(self):
        lease = client_pb2.Lease(
            name=f"namespaces/lab/leases/{LEASE}",
            client=f"namespaces/lab/clients/{CLIENT}",
            exporter=f"namespaces/lab/exporters/{EXPORTER}",
            conditions=[kubernetes_pb2.Condition(type="Ready", status=str(self._leased))],
        )
        lease.duration.FromMilliseconds(int(self._seconds * 1000))
        lease.effective_begin_time.FromMilliseconds(int(self._begin * 1000))
        if self._end:
            lease.effective_end_time.FromMilliseconds(int(self._end * 1000))
        return lease


class Router(router_pb2_grpc.RouterServiceServicer):
    """Joins the two streams of a token."""

    def __init__(self):
        self._waiting = {}

    async def Stream(self, _requests, context):
        token = dict(context.invocation_metadata())["authorization"]
        other = self._waiting.pop(token, None)
        mine = asyncio.Queue()
        if other is None:
            theirs = asyncio.Queue()
            self._waiting[token] = (theirs, mine)
        else:
            mine, theirs = other
        reading = asyncio.ensure_future(self._read(context, theirs))
        try:
            while (frame := await mine.get()) is not None:
                await context.write(frame)
        finally:
            reading.cancel()
            theirs.put_nowait(None)

    @staticmethod
    async def _read(context, theirs):
        try:
            while (frame := await context.read()) is not grpc.aio.EOF:
                theirs.put_nowait(
                    router_pb2.StreamResponse(payload=frame.payload, frame_type=frame.frame_type)
                )
        finally:
            theirs.put_nowait(None)


async def serve(address, certificate, key, seconds):
    server = grpc.aio.server()
    controller = Controller(address, float(seconds))
    jumpstarter_pb2_grpc.add_ControllerServiceServicer_to_server(controller, server)
    client_pb2_grpc.add_ClientServiceServicer_to_server(controller, server)
    router_pb2_grpc.add_RouterServiceServicer_to_server(Router(), server)
    with open(key, "rb") as secret, open(certificate, "rb") as shown:
        pair = (secret.read(), shown.read())
    server.add_secure_port(address, grpc.ssl_server_credentials([pair]))
    await server.start()
    print("ready", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        controller.end()
    await server.stop(0)


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
