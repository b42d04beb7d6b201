using System.Text;
using Brink.Zoo.Formats;
using Microsoft.ML.Tokenizers;

namespace Brink.Zoo.Datasets;

/// <summary>Word pieces and their numbers, to which a sentence is converted for a Transformer. Text is lower-cased and split
/// as for BERT uncased (Devlin et al. 2019).</summary>
/// <remarks>Departs from BERT: accents are kept. Their removal needs Unicode's decompositions, which .NET has only with ICU,
/// and a sentence must become the same numbers on every machine.</remarks>
public sealed class Vocabulary
{
    private const string Padding = "[PAD]", Unknown = "[UNK]", Start = "[CLS]", End = "[SEP]";
    private static readonly string[] Special = [Padding, Unknown, Start, End];

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly BertTokenizer _tokenizer;

    private Vocabulary(IReadOnlyList<string> pieces)
    {
        Pieces = pieces;
        _tokenizer = Tokenizer(pieces);
    }

    /// <summary>The pieces by number; 0 is [PAD].</summary>
    public IReadOnlyList<string> Pieces { get; }

    /// <summary>Reads a file with one piece per line, as published with BERT.</summary>
    /// <exception cref="IOException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A piece is missing, empty or repeated.</exception>
    public static Vocabulary Read(string path)
    {
        var lines = Lines(path);
        if (lines.Length == 0 || lines[0] != Padding)
            throw new InvalidDataException($"{path}: line 1 must be {Padding}, the piece with number 0");
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0) throw new InvalidDataException($"{path}: line {i + 1} is empty; each line must have one piece");
            if (!seen.TryAdd(lines[i], i))
            {
                throw new InvalidDataException(
                    $"{path}: line {i + 1}: {Quoted.Of(lines[i])} repeats line {seen[lines[i]] + 1}; each piece must occur once");
            }
        }
        var missing = Special.Where(piece => !seen.ContainsKey(piece)).ToArray();
        if (missing.Length > 0)
            throw new InvalidDataException($"{path}: the vocabulary has no line {string.Join(" and no line ", missing)}");
        return new(lines);
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path, StrictUtf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"{path}: the file is not UTF-8; convert it", e);
        }
    }

    /// <summary>Learns a vocabulary from text.</summary>
    /// <param name="sentences">The text.</param>
    /// <param name="size">Number of pieces, the four special pieces included.</param>
    /// <exception cref="InvalidDataException">The text has more characters than that.</exception>
    public static Vocabulary Learn(IEnumerable<string> sentences, int size)
    {
        var split = Tokenizer(Special);
        var words = sentences.SelectMany(sentence => Words(split, sentence))
            .CountBy(word => word, StringComparer.Ordinal)
            .ToDictionary(pair => pair.Key, pair => (long)pair.Value, StringComparer.Ordinal);
        return new([.. Special, .. WordPiece.Learn(words, size - Special.Length)]);
    }

    /// <summary>Returns the numbers of [CLS], of the sentence's pieces, and of [SEP].</summary>
    public IReadOnlyList<int> Numbers(string sentence) => _tokenizer.EncodeToIds(sentence);

    private static IEnumerable<string> Words(BertTokenizer split, string sentence)
    {
        var normal = split.Normalizer?.Normalize(sentence) ?? sentence;
        return (split.PreTokenizer?.PreTokenize(normal) ?? [])
            .Select(word => normal.Substring(word.Offset, word.Length));
    }

    private static BertTokenizer Tokenizer(IReadOnlyList<string> pieces)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', pieces) + "\n"));
        return BertTokenizer.Create(file, new BertOptions
        {
            LowerCaseBeforeTokenization = true,
            RemoveNonSpacingMarks = false,
            MaskingToken = Unknown,   // nothing is masked here, but the tokenizer requires a piece for it
        });
    }
}
