using System.Globalization;
using Brink.Zoo.Datasets;

namespace Brink.Lab.Tests;

public class VocabularyTests
{
    private static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];

    [Theory]
    [InlineData("unaffable", "[CLS] un ##aff ##able [SEP]")]
    [InlineData("Unwanted RUNNING", "[CLS] un ##want ##ed runn ##ing [SEP]")]
    [InlineData("unwantedX running", "[CLS] [UNK] runn ##ing [SEP]")]
    [InlineData("wanted, wanted!  ", "[CLS] want ##ed , want ##ed [UNK] [SEP]")]
    [InlineData("WANTÉD wánted", "[CLS] want ##éd [UNK] [SEP]")]
    [InlineData(" ", "[CLS] [SEP]")]
    public void Sentences_are_split_into_pieces_by_the_rules_of_BERT(string sentence, string pieces)
    {
        // Words and vocabulary are those of the published tests of BERT's tokenizer.
        using var folder = new TemporaryFolder();
        File.WriteAllLines(
            folder.Path("vocab.txt"), [.. Special, "want", "##want", "##ed", "wa", "un", "runn", "##ing", ",", "##aff", "##able", "##éd"]);
        var vocabulary = Vocabulary.Read(folder.Path("vocab.txt"));
        Assert.Equal(pieces, string.Join(' ', vocabulary.Numbers(sentence).Select(number => vocabulary.Pieces[number])));
    }

    [Theory]
    [InlineData("line 1 must be [PAD]", "[UNK]", "[PAD]", "[CLS]", "[SEP]")]
    [InlineData("line 1 must be [PAD]")]
    [InlineData("no line [CLS] and no line [SEP]", "[PAD]", "[UNK]", "a")]
    [InlineData("line 6: 'a' repeats line 5", "[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "a")]
    [InlineData("line 3 is empty", "[PAD]", "[UNK]", "", "[CLS]", "[SEP]")]
    public void An_invalid_vocabulary_is_refused_in_one_line(string message, params string[] lines)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder.Path("vocab.txt"), lines);
        var error = Assert.Throws<InvalidDataException>(() => Vocabulary.Read(folder.Path("vocab.txt")));
        Assert.StartsWith(folder.Path("vocab.txt"), error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pieces_are_merged_in_the_order_of_their_likelihood()
    {
        // 10 times "ab", 3 times "cd", 3 times "ad": N = 32. First order gains: ab 10 log(10 32 / (13 10)) = 9.0,
        // cd 3 log(3 32 / (3 6)) = 5.0, ad 3 log(3 32 / (13 6)) = 0.6; then ab is merged 10 times, and with N = 22
        // cd gains 3 log(3 22 / 18) = 3.9, ad 3 log(3 22 / (3 6)) = 3.9: a tie that the text decides.
        string[] sentences = [.. Enumerable.Repeat("ab", 10), .. Enumerable.Repeat("cd ad", 3)];
        string[] learnt = [.. Special, "##b", "##d", "a", "c", "ab", "ad", "cd"];
        Assert.Equal(learnt, Vocabulary.Learn(sentences, 11).Pieces);
        Assert.Equal(learnt, Vocabulary.Learn(sentences, 100).Pieces);
        Assert.Equal(learnt[..9], Vocabulary.Learn(sentences.Reverse(), 9).Pieces);
        Assert.Contains(
            "a vocabulary of 3 pieces is too small; the text has 4 different characters",
            Assert.Throws<InvalidDataException>(() => Vocabulary.Learn(sentences, 7)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Updated_counts_equal_counts_from_scratch()
    {
        // Words with few letters and many repetitions, such as "aaaa", in which errors of updated counts are most likely.
        string[] words = ["aaaa", "aaab", "abab", "ababab", "baba", "b", "cab", "caba", "aab", "bbbb", "abcabc"];
        var sentences = words.SelectMany((word, i) => Enumerable.Repeat(word, 1 + (i * i % 7))).ToArray();
        Assert.Equal(LearntFromScratch(sentences, 30), Vocabulary.Learn(sentences, 30).Pieces.Skip(4));
    }

    [Fact]
    public void A_learnt_vocabulary_reads_every_sentence_it_was_learnt_from()
    {
        string[] sentences = ["a Gorgeous , witty , seductive movie .", "it 's café-like — naïve", "don't 日本 x2 😀"];
        var vocabulary = Vocabulary.Learn(sentences, 60);
        Assert.All(sentences, sentence => Assert.DoesNotContain(1, vocabulary.Numbers(sentence)));
        var first = string.Concat(vocabulary.Numbers(sentences[0]).Select(number => vocabulary.Pieces[number]));
        Assert.Equal("[CLS]agorgeous,witty,seductivemovie.[SEP]", first.Replace("##", "", StringComparison.Ordinal));
    }

    /// <summary>Learns by the definition: at every step, all counts are computed from the whole text.</summary>
    private static List<string> LearntFromScratch(string[] sentences, int size)
    {
        var text = sentences.Select(word => word.Select((letter, i) => i == 0 ? $"{letter}" : $"##{letter}").ToList()).ToList();
        var pieces = text.SelectMany(word => word).Distinct().Order(StringComparer.Ordinal).ToList();
        while (pieces.Count < size - 4)
        {
            double n = text.Sum(word => word.Count);
            var counts = text.SelectMany(word => word).CountBy(piece => piece).ToDictionary();
            var best = text.SelectMany(word => word.Zip(word.Skip(1))).CountBy(pair => pair)
                .Select(pair => (
                    Pair: pair.Key,
                    Gain: pair.Value * Math.Log(pair.Value * n / ((double)counts[pair.Key.First] * counts[pair.Key.Second]))))
                .Where(pair => pair.Gain > 1e-9)
                .OrderByDescending(pair => Math.Round(pair.Gain, 9))
                .ThenBy(pair => pair.Pair.First, StringComparer.Ordinal).ThenBy(pair => pair.Pair.Second, StringComparer.Ordinal)
                .Select(pair => ((string First, string Second)?)pair.Pair).FirstOrDefault();
            if (best is not { } united) break;
            pieces.Add(united.First + united.Second[2..]);
            foreach (var word in text)
            {
                for (var i = 0; i + 1 < word.Count; i++)
                {
                    if (word[i] != united.First || word[i + 1] != united.Second) continue;
                    word[i] = pieces[^1];
                    word.RemoveAt(i + 1);
                }
            }
        }
        return pieces;
    }

    [Fact]
    public void Thousands_of_pieces_are_learnt_from_SST2_in_seconds()
    {
        var path = Sst2Tests.Shared;
        Assert.SkipUnless(File.Exists(path), $"{path} is missing: SST-2 may not be redistributed");
        var started = TimeProvider.System.GetTimestamp();
        var sentences = Sst2.Training(path).Sentences.Select(sentence => sentence.Text).ToArray();
        var vocabulary = Vocabulary.Learn(sentences, 8000);
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        Assert.Equal(8000, vocabulary.Pieces.Count);
        var tokens = sentences.Take(5000).Average(sentence => vocabulary.Numbers(sentence).Count - 2.0);
        var words = sentences.Take(5000).Average(sentence => sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{seconds:f1} s, {tokens / words:f3} pieces a word"));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(' ', vocabulary.Pieces.Where((_, i) => i % 200 == 0)));
        Assert.InRange(seconds, 0, 30);
        Assert.InRange(tokens / words, 1, 1.3);
    }
}
