using System.Runtime.InteropServices;

namespace Brink.Zoo.Datasets;

/// <summary>Learns word pieces from text: starting with single characters, it repeatedly unites the two neighbours whose
/// union raises the likelihood of the text the most (Schuster and Nakajima 2012, section 4.1; Wu et al. 2016, section
/// 4.1).</summary>
/// <remarks>The likelihood is that of pieces drawn independently: sum n_x log n_x - N log N, with n_x the number of pieces x
/// and N the number of all pieces. The union of n pairs leaves n_a - n, n_b - n, N - n and a new piece of n. Its gain, n
/// log(n N / (n_a n_b)) to first order in n, is compared. The often quoted score n / (n_a n_b), without the factor n, spends
/// the vocabulary on words that occur once: 8,000 pieces of SST-2 then give 3.2 pieces per word, against 1.2
/// (docs/benchmarks/process.md).</remarks>
internal sealed class WordPiece
{
    private readonly List<string> _pieces = [];
    private readonly List<long> _counts = [];               // n_x
    private readonly List<double> _logs = [];               // log n_x
    private readonly List<Word> _words = [];
    private readonly Dictionary<(int Left, int Right), int> _places = [];
    private readonly List<Pair> _pairs = [];
    private long _total;                                    // N

    /// <summary>Learns pieces up to the given number: the characters in order, then unions in the order of learning; pieces
    /// inside a word begin with ##. There are fewer if no further union raises the likelihood.</summary>
    /// <param name="words">Number of occurrences of each word.</param>
    /// <exception cref="InvalidDataException">The text has more characters than that.</exception>
    public static IReadOnlyList<string> Learn(IReadOnlyDictionary<string, long> words, int size)
    {
        var learning = new WordPiece(words);
        if (learning._pieces.Count > size)
        {
            throw new InvalidDataException(
                $"a vocabulary of {size} pieces is too small; the text has {learning._pieces.Count} different characters");
        }
        while (learning._pieces.Count < size && learning.BestPair() is { } best) learning.Merge(best);
        return learning._pieces;
    }

    private WordPiece(IReadOnlyDictionary<string, long> words)
    {
        // Sorted, so that the result does not depend on the order of the text.
        var sorted = words.OrderBy(word => word.Key, StringComparer.Ordinal).ToArray();
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var characters = sorted.SelectMany(word => Characters(word.Key)).Distinct();
        foreach (var piece in characters.Order(StringComparer.Ordinal)) numbers[piece] = Add(piece);
        foreach (var (word, count) in sorted)
        {
            _words.Add(new([.. Characters(word).Select(piece => numbers[piece])], count));
            Count(_words.Count - 1, +1);
        }
    }

    private static IEnumerable<string> Characters(string word) =>
        word.EnumerateRunes().Select((rune, i) => i == 0 ? rune.ToString() : "##" + rune);

    private int Add(string piece)
    {
        _pieces.Add(piece);
        _counts.Add(0);
        _logs.Add(double.NegativeInfinity);
        return _pieces.Count - 1;
    }

    private (int Left, int Right)? BestPair()
    {
        var (best, gain, logTotal) = (-1, 0.0, Math.Log(_total));
        for (var i = 0; i < _pairs.Count; i++)
        {
            var pair = _pairs[i];
            // n log(n N / (n_a n_b)) is at most n log(N / n), since each piece is at least as frequent as the pair.
            if (pair.Count == 0 || pair.Count * (logTotal - pair.Log) < gain) continue;
            var here = pair.Count * (pair.Log + logTotal - _logs[pair.Left] - _logs[pair.Right]);
            if (here > gain || (best >= 0 && here == gain && IsBefore(pair, _pairs[best])))
                (best, gain) = (i, here);
        }
        return best < 0 ? null : (_pairs[best].Left, _pairs[best].Right);
    }

    /// <summary>Orders pairs of equal gain by text, independently of the order of learning.</summary>
    private bool IsBefore(Pair one, Pair other)
    {
        var left = string.CompareOrdinal(_pieces[one.Left], _pieces[other.Left]);
        return left < 0 || (left == 0 && string.CompareOrdinal(_pieces[one.Right], _pieces[other.Right]) < 0);
    }

    private void Merge((int Left, int Right) pair)
    {
        var union = Add(_pieces[pair.Left] + _pieces[pair.Right][2..]);
        foreach (var i in _pairs[_places[pair]].Words.Order().ToArray())
        {
            Count(i, -1);
            _words[i] = _words[i] with { Pieces = Merged(_words[i].Pieces, pair, union) };
            Count(i, +1);
        }
    }

    private static int[] Merged(int[] pieces, (int Left, int Right) pair, int union)
    {
        var merged = new List<int>(pieces.Length);
        for (var i = 0; i < pieces.Length; i++)
        {
            var matches = i + 1 < pieces.Length && pieces[i] == pair.Left && pieces[i + 1] == pair.Right;
            merged.Add(matches ? union : pieces[i]);
            if (matches) i++;
        }
        return [.. merged];
    }

    /// <summary>Adds a word's pieces and pairs to the counts (sign +1) or subtracts them (-1).</summary>
    private void Count(int word, int sign)
    {
        var (pieces, count) = _words[word];
        _total += sign * count * pieces.Length;
        for (var i = 0; i < pieces.Length; i++)
        {
            _counts[pieces[i]] += sign * count;
            _logs[pieces[i]] = Math.Log(_counts[pieces[i]]);
            if (i > 0) Count((pieces[i - 1], pieces[i]), word, sign * count);
        }
    }

    private void Count((int Left, int Right) pair, int word, long count)
    {
        if (!_places.TryGetValue(pair, out var place))
        {
            _places[pair] = place = _pairs.Count;
            _pairs.Add(new(pair.Left, pair.Right, 0, 0, []));
        }
        ref var entry = ref CollectionsMarshal.AsSpan(_pairs)[place];
        var sum = entry.Count + count;
        entry = entry with { Count = sum, Log = Math.Log(sum) };
        if (count > 0) entry.Words.Add(word);
        else entry.Words.Remove(word);   // a pair that occurs twice in a word is removed and added with it
    }

    private sealed record Word(int[] Pieces, long Count);

    /// <param name="Words">The words that contain the pair.</param>
    private readonly record struct Pair(int Left, int Right, long Count, double Log, HashSet<int> Words);
}
