#!/usr/bin/env python3
"""Twenty good newspapers on loopback, 127.0.7.1 to 127.0.7.20, that answer at once, to see whether bad hosts slow good ones.

  good_web.py

Prints a line when it serves; when its standard input ends, prints one JSON object, host → times of arrival (Unix seconds)
of all requests but robots.txt, and ends. Standard library only.
"""
import asyncio, json, sys, time

HOSTS = [f"127.0.7.{n}" for n in range(1, 21)]
PORT = 18081
# The front page shows so many articles, and each leads to others of its own: enough for any run.
ON_FRONT = 100
MORE = 7
ROBOTS = b"User-agent: *\nDisallow:\n"
WORDS = "The council of the town met on Friday evening and spoke for two hours about the bridge that the river took in spring".split()


def article(host, number):
    title = f"What the council said about bridge number {number} on Friday"
    prose = lambda seed: " ".join(WORDS[(seed * 7 + at * (1 + seed % 5)) % len(WORDS)] for at in range(60))
    paragraphs = "".join(f"<p>{prose(number + at).capitalize()}.</p>" for at in range(12))
    others = range(ON_FRONT + number * MORE, ON_FRONT + number * MORE + MORE)
    more = "".join(f'<li><a href="{address(other)}">More of the council and of bridge number {other}</a></li>' for other in others)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} | Paper {host}</title>'
        f'<meta property="article:published_time" content="2026-11-20T08:30:00Z"></head><body><nav><a href="/">Home</a></nav>'
        f'<article><h1>{title}</h1><p class="byline">By Ann Lee</p>{paragraphs}</article><aside class="related"><ul>{more}</ul></aside></body></html>'
    ).encode()


def address(number):
    return f"/news/2026/11/20/what-the-council-said-{100000 + number}.html"


def front(host):
    links = "".join(f'<h2><a href="{address(number)}">What the council said about bridge number {number}</a></h2>' for number in range(ON_FRONT))
    return f"<!DOCTYPE html><html lang=en><title>Paper {host}</title><main>{links}</main></html>".encode()


async def serve(host, arrivals):
    async def answer(reader, writer):
        try:
            line = (await reader.readline()).decode("latin-1")
            while (await reader.readline()).strip():
                pass
            path = line.split(" ")[1] if line.count(" ") > 1 else "/"
            if path == "/robots.txt":
                kind, body = "text/plain", ROBOTS
            else:
                arrivals.append(time.time())
                number = "".join(c for c in path[24:] if c.isdigit())
                kind, body = "text/html", article(host, int(number) - 100000) if number else front(host)
            writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
            await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    return await asyncio.start_server(answer, host, PORT)


async def main():
    arrivals = {host: [] for host in HOSTS}
    servers = [await serve(host, arrivals[host]) for host in HOSTS]
    print("serving", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for server in servers:
        server.close()
    print(json.dumps(arrivals), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
