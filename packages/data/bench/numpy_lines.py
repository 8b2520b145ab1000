"""The course's way to write synthetic lines, in NumPy: the peer of the lines bench.

usage: numpy_lines.py FOLDER TEXT LINES BATCH   (FOLDER has IDX files of byclass under the official names, uncompressed)
Answers each line of standard input with JSON: lines a second of processor time as bytes, and as float32 batches.
"""
import json
import re
import string
import struct
import sys
import time
from collections import defaultdict

import numpy as np

CHARACTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
MAX_LENGTH, MIN_OVERLAP, MAX_OVERLAP = 32, 0.0, 0.33


def read_idx(path, header):
    with open(path, "rb") as file:
        data = file.read()
    sizes = struct.unpack(">" + "I" * (header // 4 - 1), data[4:header])
    return np.frombuffer(data, np.uint8, offset=header).reshape(sizes)


class Sentences:
    def __init__(self, text):
        self.text = text
        self.starts = [0] + [match.start() + 1 for match in re.finditer(" ", text)]

    def generate(self, max_length):
        for _ in range(10):
            first = np.random.randint(0, len(self.starts) - 1)
            start = self.starts[first]
            ends = []
            for at in range(first + 1, len(self.starts)):
                if self.starts[at] - start > max_length:
                    break
                ends.append(self.starts[at])
            if ends:
                return self.text[start : np.random.choice(ends)].strip()
        raise RuntimeError("no sentence is short enough")


def write_line(sentence, samples, width):
    overlap = np.random.uniform(MIN_OVERLAP, MAX_OVERLAP)
    chosen = {}
    for character in sentence:
        if character not in chosen:
            of_it = samples[character]
            blank = np.zeros((28, 28), np.uint8)
            chosen[character] = of_it[np.random.choice(len(of_it))] if len(of_it) else blank
    pitch = 28 - int(overlap * 28)
    line = np.zeros((28, width), np.uint8)
    x = 0
    for character in sentence:
        line[:, x : x + 28] += chosen[character]
        x += pitch
    return np.minimum(255, line)


def write_lines(lines, labels, sentences, samples, mapping):
    count = len(lines)
    labels[:] = 3
    for n in range(count):
        sentence = sentences.generate(MAX_LENGTH - 2)
        lines[n] = write_line(sentence, samples, 28 * MAX_LENGTH)
        for place, character in enumerate(sentence):
            labels[n, place] = mapping[character]


def main():
    folder, text_path, count, batch = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    images = read_idx(f"{folder}/emnist-byclass-train-images-idx3-ubyte", 16).swapaxes(1, 2)
    labels = read_idx(f"{folder}/emnist-byclass-train-labels-idx1-ubyte", 8)
    samples = defaultdict(list)
    for image, label in zip(images, labels):
        samples[CHARACTERS[label]].append(image)
    mapping = {character: 4 + at for at, character in enumerate(CHARACTERS)}
    mapping[" "] = 66
    with open(text_path) as file:
        sentences = Sentences(file.read())
    # Both sides write into memory that is there already.
    lines = np.ones((count, 28, 28 * MAX_LENGTH), np.uint8)
    labels_of = np.full((count, MAX_LENGTH), 3, np.uint8)
    for _ in sys.stdin:
        start = time.process_time()
        write_lines(lines, labels_of, sentences, samples, mapping)
        middle = time.process_time()
        for at in range(0, count, batch):
            lines[at : at + batch].astype(np.float32) / np.float32(255)
        end = time.process_time()
        print(json.dumps({"bytes": count / (middle - start), "floats": count / (end - start)}), flush=True)


main()
