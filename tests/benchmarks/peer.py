"""What a person would write in an afternoon: answer one question with scikit-learn and rapidfuzz."""

import json
import sys
from pathlib import Path

import rapidfuzz
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import linear_kernel

path, question = sys.argv[1:]
entries = [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]
ways = [(way, entry) for entry in entries for way in [entry["question"], *entry["also"]] if way]
words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
rows = hstack([words.fit_transform(way for way, _ in ways), letters.fit_transform(way for way, _ in ways)])
query = hstack([words.transform([question]), letters.transform([question])])
scores = linear_kernel(query, rows).ravel()
nearest = [ways[place] for place in scores.argsort()[-10:]]
way, entry = max(nearest, key=lambda pair: rapidfuzz.fuzz.token_set_ratio(question, pair[0]))
sys.stdout.write(f"{way}\n\n{entry['answer']}\n")
