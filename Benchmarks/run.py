"""Runs the benchmark: one coordinator a run, started fresh, followed through /proc."""
import argparse, json, os, shutil, socket, subprocess, threading, time, urllib.request


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Coordinator:
    def __init__(self, binary, work, fresh=True):
        self.data = os.path.join(work, 'data')
        if fresh:
            shutil.rmtree(self.data, ignore_errors=True)
            os.makedirs(self.data)
        self.port, self.erp, self.sink = free_port(), free_port(), free_port()
        self.binary, self.work, self.peak = binary, work, 0

    def start(self):
        env = dict(os.environ, PORT=str(self.port), DATA_DIR=self.data, HMAC_SECRET='bench-secret',
                   ERP_URL=f'http://127.0.0.1:{self.erp}', SINK_URL=f'http://127.0.0.1:{self.sink}')
        log = open(os.path.join(self.work, 'serve.log'), 'ab')
        config = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'countersign.yaml')
        self.process = subprocess.Popen([self.binary, 'serve', '--config', config], env=env, stdout=log, stderr=log)
        begun = time.monotonic()
        while time.monotonic() - begun < 30:
            try:
                urllib.request.urlopen(f'http://127.0.0.1:{self.port}/readyz', timeout=1).close()
                return time.monotonic() - begun
            except OSError:
                time.sleep(0.005)
        raise SystemExit('the coordinator did not start: ' + open(log.name).read())

    def cpu(self):
        fields = open(f'/proc/{self.process.pid}/stat').read().rsplit(')', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def follow(self, stop):
        while not stop.wait(0.2):
            for line in open(f'/proc/{self.process.pid}/status'):
                if line.startswith('VmRSS:'): self.peak = max(self.peak, int(line.split()[1]) / 1024)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def load(load_binary, coordinator, rate, orders, seconds=120):
    command = [load_binary, '--port', coordinator.port, '--erp-port', coordinator.erp, '--sink-port', coordinator.sink,
               '--rate', rate, '--orders', orders, '--seconds', seconds]
    return json.loads(subprocess.run([str(part) for part in command], stdout=subprocess.PIPE).stdout)


def measure(options, name, rate, orders):
    coordinator = Coordinator(options.binary, options.work)
    coordinator.start()
    stop = threading.Event()
    threading.Thread(target=coordinator.follow, args=(stop,), daemon=True).start()
    before = coordinator.cpu()
    figures = load(options.load, coordinator, rate, orders)
    figures['cpu_s_per_1000_orders'] = round((coordinator.cpu() - before) / max(1, figures['confirmed']) * 1000, 3)
    stop.set()
    time.sleep(0.3)
    figures['peak_rss_mib'] = round(coordinator.peak, 1)
    coordinator.stop()
    print(json.dumps({'run': name, **figures}), flush=True)


def restart(options, open_orders):
    """Takes orders with no ERP to be reached, ends the process hard, and starts it again with all of them open."""
    coordinator = Coordinator(options.binary, options.work)
    coordinator.start()
    coordinator.erp_was, idle = coordinator.erp, free_port()
    # The load's own ERP listens elsewhere: the coordinator's address stays dead.
    command = [options.load, '--port', coordinator.port, '--erp-port', idle, '--sink-port', coordinator.sink,
               '--rate', 0, '--orders', open_orders, '--seconds', 300]
    figures = json.loads(subprocess.run([str(part) for part in command], stdout=subprocess.PIPE).stdout)
    coordinator.process.kill()
    coordinator.process.wait()
    seconds = coordinator.start()
    coordinator.stop()
    print(json.dumps({'run': 'restart', 'open_orders': figures['answered'], 'first_2xx_after_s': round(seconds, 3)}))


parser = argparse.ArgumentParser()
for option in ('--binary', '--load', '--work'): parser.add_argument(option, required=True)
parser.add_argument('--open-orders', type=int, default=100_000)
chosen = parser.parse_args()
measure(chosen, 'burst', 0, 40_000)
measure(chosen, 'open loop, 2500/s', 2500, 50_000)
measure(chosen, 'open loop, 741/s', 741, 20_000)
restart(chosen, chosen.open_orders)
