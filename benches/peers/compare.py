"""Measures the analyses beside python-igraph and rustworkx, on the same graphs in one run; prints a table.

    python3 -m venv target/peers && target/peers/bin/pip install igraph==1.0.0 rustworkx==0.18.1
    target/peers/bin/python benches/peers/compare.py                  # builds and runs `cargo bench --bench analysis`
    target/peers/bin/python benches/peers/compare.py target/release/deps/analysis-…   # a bench already built

Graphs are made by the bench, in the shape of the network, and read from files by the peers. Times are seconds of the
processor in one thread, since whatever else runs on the machine counts little there: the least of several runs.
What rayon makes of two threads is told apart, by the clock. Python's own part (a list of results) is in the peers'
times, as it is for whoever calls them.
"""

import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import igraph
import rustworkx

GRAPHS = ["5k", "national", "10x"]
SOURCES = 256
LONGEST = 60
"""Seconds beyond which a measure is not repeated."""


def seconds(run, runs):
    """The least of several runs, and what the last gave."""
    times = []
    for _ in range(runs):
        begun = time.process_time()
        result = run()
        times.append(time.process_time() - begun)
        if sum(times) > LONGEST:
            break
    return min(times), result


def read(folder, name):
    lines = (folder / f"{name}.edges").read_text().splitlines()
    edges = [(int(one), int(other), float(weight)) for one, other, weight in map(str.split, lines[1:])]
    asked = [tuple(map(int, line.split())) for line in (folder / f"{name}.asked").read_text().splitlines()]
    return int(lines[0]), edges, asked


def of_igraph(nodes, edges, asked):
    graph = igraph.Graph(n=nodes, edges=[edge[:2] for edge in edges])
    graph.es["weight"] = [edge[2] for edge in edges]

    def each(run, runs):
        time, result = seconds(lambda: sum(len(run(*ends)) for ends in asked), runs)
        return time / len(asked), f"{result} nodes in all"

    # The call alone costs more than the search on small graphs: it is what a caller pays.
    yield "2-hop ego", *each(lambda centre, _: graph.neighborhood(centre, order=2), 9)
    yield "shortest path", *each(lambda one, other: graph.get_shortest_path(one, other), 3)
    yield "10 shortest paths", *each_of_few(graph, asked)
    yield "PageRank", seconds(lambda: graph.pagerank(weights="weight"), 7)[0], ""

    def leiden():
        return graph.community_leiden(objective_function="modularity", weights="weight", n_iterations=2)

    best, worst = 0.0, 1.0
    for seed in range(5):
        igraph.set_random_number_generator(__import__("random").Random(seed))
        modularity = graph.modularity(leiden(), weights="weight")
        best, worst = max(best, modularity), min(worst, modularity)
    yield "Leiden", seconds(leiden, 5)[0], f"modularity {worst:.4f}–{best:.4f}"
    if nodes <= 5000:
        yield "betweenness, exact", seconds(graph.betweenness, 2)[0], ""
    else:
        sources = list(range(0, nodes, nodes // SOURCES))[:SOURCES]
        yield "betweenness, 256 sources", seconds(lambda: graph.betweenness(sources=sources), 2)[0], ""


def each_of_few(graph, asked):
    few = asked[:10]
    run = lambda: sum(len(path) for ends in few for path in graph.get_k_shortest_paths(*ends, k=10))
    time, result = seconds(run, 1)
    return time / len(few), f"{result} nodes in the first {len(few)}"


def of_rustworkx(nodes, edges, asked):
    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(nodes))
    graph.add_edges_from(edges)
    both = rustworkx.PyDiGraph(multigraph=False)
    both.add_nodes_from(range(nodes))
    both.add_edges_from([arc for one, other, weight in edges for arc in ((one, other, weight), (other, one, weight))])

    def ego(centre):
        found = {centre, *graph.neighbors(centre)}
        for other in graph.neighbors(centre):
            found.update(graph.neighbors(other))
        return found

    def path(one, other):
        return rustworkx.dijkstra_shortest_paths(graph, one, target=other)

    yield "2-hop ego", seconds(lambda: [ego(centre) for centre, _ in asked], 9)[0] / len(asked), ""
    yield "shortest path", seconds(lambda: [path(*ends) for ends in asked], 1)[0] / len(asked), ""
    yield "PageRank", seconds(lambda: rustworkx.pagerank(both, weight_fn=lambda weight: weight, tol=1e-9), 3)[0], ""
    if nodes <= 5000:
        never = 10**9
        yield "betweenness, exact", seconds(lambda: rustworkx.betweenness_centrality(graph, parallel_threshold=never), 2)[0], ""


def of_ours(command, folder):
    """Seconds of the processor in one thread, and of the clock in two."""
    found = {}
    for line in subprocess.run([*command, "measure", folder], check=True, capture_output=True, text=True).stdout.splitlines():
        if line.count("\t") == 5:
            threads, graph, measure, clock, processors, note = line.split("\t")
            found[graph, measure, int(threads)] = float(processors) if threads == "1" else float(clock), note
    return found


def told(seconds):
    if seconds is None:
        return "–"
    for unit, size in [("s", 1), ("ms", 1e-3), ("µs", 1e-6)]:
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def main():
    command = sys.argv[1:] or ["cargo", "bench", "--quiet", "--bench", "analysis", "--"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*command, "write", folder], check=True)
        peers = defaultdict(dict)
        for name in GRAPHS:
            for peer, measures in (("igraph", of_igraph), ("rustworkx", of_rustworkx)):
                for measure, time, note in measures(*read(Path(folder), name)):
                    peers[peer][name, measure] = time, note
        ours = of_ours(command, folder)
    print(f"igraph {igraph.__version__}, rustworkx {rustworkx.__version__}\n")
    print("| graph | measure | ours | igraph | rustworkx | ours / igraph | two threads, clock | what came out: ours; igraph |")
    print("|---|---|---|---|---|---|---|---|")
    for (name, measure, threads), (time, note) in ours.items():
        if threads == 1 and measure != "size":
            theirs, theirs_note = peers["igraph"].get((name, measure), (None, ""))
            others, _ = peers["rustworkx"].get((name, measure), (None, ""))
            ratio = f"{time / theirs:.2f}" if theirs else "–"
            clock, _ = ours[name, measure, 2]
            graph = f"{name}: {ours[name, 'size', 1][1]}"
            print(f"| {graph} | {measure} | {told(time)} | {told(theirs)} | {told(others)} | {ratio} | {told(clock)} | {note}; {theirs_note} |")


main()
