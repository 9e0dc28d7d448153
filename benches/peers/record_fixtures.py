"""Records what networkx says of 200 random graphs, for the tests of src/network/analysis to agree with.

    python3 -m venv target/peers && target/peers/bin/pip install networkx==3.6.1 numpy==2.4.6 scipy==1.17.1
    target/peers/bin/python benches/peers/record_fixtures.py

Writes tests/fixtures/networks/networkx.json.gz, the same bytes each time. Tests read it; none runs Python.
"""

import gzip
import json
import random
from itertools import islice
from pathlib import Path

import networkx as nx
from networkx.algorithms.bipartite import weighted_projected_graph

TARGET = Path(__file__).resolve().parents[2] / "tests/fixtures/networks/networkx.json.gz"
ROUND = 10
"""Decimal places kept."""


def ties_of(graph):
    return [tuple(edge) for edge in nx.convert_node_labels_to_integers(graph).edges()]


def cliques_with_bridges(dice):
    graph = nx.Graph()
    for size in [dice.randint(1, 6) for _ in range(dice.randint(2, 6))]:
        before = graph.number_of_nodes()
        graph.add_nodes_from(range(before, before + size))
        graph.add_edges_from((one, other) for one in range(before, before + size) for other in range(before, one))
        if before and dice.random() < 0.8:
            graph.add_edge(dice.randrange(before), dice.randrange(before, before + size))
    return graph.number_of_nodes(), ties_of(graph)


def councils(dice):
    """Bodies at events, most of them at one: the shape of the coordination network."""
    bodies, events = dice.randint(10, 50), dice.randint(3, 12)
    ties = [(dice.randrange(bodies), bodies + dice.randrange(events)) for _ in range(dice.randint(20, 120))]
    return bodies + events, ties


def multigraph(dice):
    nodes = dice.randint(4, 40)
    ties = [(dice.randrange(nodes), dice.randrange(nodes)) for _ in range(dice.randint(4, 120))]
    return nodes, ties + dice.choices(ties, k=len(ties) // 2)


def disconnected(dice):
    nodes, ties = 0, []
    for _ in range(dice.randint(2, 6)):
        size = dice.randint(1, 12)
        part = nx.gnp_random_graph(size, dice.random() * 0.6, seed=dice.randrange(10**6))
        ties += [(one + nodes, other + nodes) for one, other in part.edges()]
        nodes += size
    names = list(range(nodes))
    dice.shuffle(names)
    return nodes, [(names[one], names[other]) for one, other in ties]


def tree(dice):
    nodes = dice.randint(2, 50)
    return nodes, [(node, dice.randrange(node)) for node in range(1, nodes)]


def star(dice):
    nodes, centre = dice.randint(3, 30), dice.randrange(3)
    return nodes, [(centre, node) for node in range(nodes) if node != centre and (node < 5 or dice.random() < 0.9)]


def tiny(dice):
    nodes = dice.randint(0, 3)
    return nodes, [(dice.randrange(nodes), dice.randrange(nodes)) for _ in range(dice.randint(0, 4) if nodes else 0)]


def gnp(dice):
    nodes = dice.randint(5, 60)
    return nodes, ties_of(nx.gnp_random_graph(nodes, dice.uniform(0.5, 6) / nodes, seed=dice.randrange(10**6)))


def barabasi_albert(dice):
    nodes = dice.randint(6, 60)
    return nodes, ties_of(nx.barabasi_albert_graph(nodes, dice.randint(1, 4), seed=dice.randrange(10**6)))


def watts_strogatz(dice):
    nodes = dice.randint(6, 60)
    return nodes, ties_of(nx.watts_strogatz_graph(nodes, 4, dice.random(), seed=dice.randrange(10**6)))


MODELS = [
    (tiny, 20),
    (gnp, 30),
    (barabasi_albert, 25),
    (watts_strogatz, 20),
    (disconnected, 25),
    (tree, 15),
    (star, 10),
    (cliques_with_bridges, 20),
    (multigraph, 20),
    (councils, 15),
]


def by_node(values, nodes):
    return [round(values[node], ROUND) for node in range(nodes)]


def record(name, nodes, ties, dice):
    graph = nx.Graph()
    graph.add_nodes_from(range(nodes))
    directed = nx.DiGraph()
    directed.add_nodes_from(range(nodes))
    for one, other in ties:
        if one != other:
            weight = graph.get_edge_data(one, other, {"weight": 0})["weight"]
            graph.add_edge(one, other, weight=weight + 1)
            directed.add_edge(one, other)
    ends = [dice.randrange(nodes), dice.randrange(nodes)] if nodes else []
    paths = []
    if ends and nx.has_path(graph, *ends):
        # It does not part a node from itself.
        paths = [1] if ends[0] == ends[1] else [len(path) for path in islice(nx.shortest_simple_paths(graph, *ends), 8)]
    partition = [dice.randrange(max(1, nodes // 4)) for _ in range(nodes)]
    groups = [{node for node in range(nodes) if partition[node] == group} for group in set(partition)]
    edges = graph.number_of_edges()
    bodies, events, memberships, shared = projection(dice)
    return {
        "model": name,
        "nodes": nodes,
        "ties": ties,
        "degree": [graph.degree(node) for node in range(nodes)],
        "weighted_degree": [graph.degree(node, weight="weight") for node in range(nodes)],
        "betweenness": by_node(nx.betweenness_centrality(graph), nodes),
        "page_rank": by_node(nx.pagerank(graph, tol=1e-14, max_iter=2000) if nodes else {}, nodes),
        "core": [nx.core_number(graph)[node] for node in range(nodes)],
        "components": sorted(sorted(part) for part in nx.connected_components(graph)),
        "bridges": sorted(sorted(bridge) for bridge in nx.bridges(graph)),
        "cut_nodes": sorted(nx.articulation_points(graph)),
        "density": round(nx.density(graph), ROUND),
        "reciprocity": round(nx.overall_reciprocity(directed), ROUND) if edges else None,
        "ends": ends,
        "path_lengths": paths,
        "partition": partition,
        "modularity": round(nx.community.modularity(graph, groups), ROUND) if edges else 0,
        "louvain": round(best_louvain(graph), ROUND) if edges else 0,
        "bodies": bodies,
        "events": events,
        "memberships": memberships,
        "shared": shared,
    }


def best_louvain(graph):
    """What a caller of networkx would get who tries three times."""
    tries = [nx.community.louvain_communities(graph, seed=seed) for seed in range(3)]
    return max(nx.community.modularity(graph, communities) for communities in tries)


def projection(dice):
    bodies, events = dice.randint(0, 10), dice.randint(1, 8)
    graph = nx.Graph()
    graph.add_nodes_from(range(bodies + events))
    memberships = [(dice.randrange(bodies), dice.randrange(events)) for _ in range(dice.randint(0, 30) if bodies else 0)]
    graph.add_edges_from((body, bodies + event) for body, event in memberships)
    projected = weighted_projected_graph(graph, range(bodies))
    shared = sorted([*sorted([one, other]), data["weight"]] for one, other, data in projected.edges(data=True))
    return bodies, events, memberships, shared


def main():
    dice = random.Random(4)
    graphs = [record(model.__name__, *model(dice), dice) for model, count in MODELS for _ in range(count)]
    assert len(graphs) == 200
    recorded = {"networkx": nx.__version__, "graphs": graphs}
    text = json.dumps(recorded, separators=(",", ":")).encode()
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(gzip.compress(text, mtime=0))
    print(f"{len(graphs)} graphs, {len(text) / 1e3:.0f} KB, {TARGET.stat().st_size / 1e3:.0f} KB compressed")


main()
