#!/usr/bin/env python3
"""A mail server for tests: takes every message over SMTP and keeps it as a file.

Tryton mails gift cards inside the task that processes a sale; with nobody listening that task dies and the sale stays
"confirmed" although every request was answered 200.  Listens on loopback only.

usage: mail_sink.py PORT FOLDER
"""
import itertools
import pathlib
import socketserver
import sys


class Session(socketserver.StreamRequestHandler):

    def reply(self, line):
        self.wfile.write(line.encode() + b'\r\n')

    def handle(self):
        self.reply('220 mail sink')
        for line in self.rfile:
            verb = line.strip().upper()
            if verb.startswith(b'QUIT'):
                self.reply('221 bye')
                return
            if verb.startswith(b'DATA'):
                self.reply('354 end with a dot')
                self.server.keep(self.message())
            self.reply('250 ok')

    def message(self):
        lines = []
        for line in self.rfile:
            if line == b'.\r\n':
                break
            lines.append(line[1:] if line.startswith(b'.') else line)
        return b''.join(lines)


class MailSink(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.numbers = itertools.count(len(list(self.folder.iterdir())))
        super().__init__(('127.0.0.1', port), Session)

    def keep(self, message):
        (self.folder / f'{next(self.numbers):05d}.eml').write_bytes(message)


if __name__ == '__main__':
    MailSink(int(sys.argv[1]), sys.argv[2]).serve_forever()
