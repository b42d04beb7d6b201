using System.Text;
using Brink.Zoo.Datasets;

namespace Brink.Lab.Tests;

public class Sst2Tests
{
    // Real sentences, where available; they may not be redistributed.
    internal static readonly string Shared = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "../../../../../shared/data/sst2/train.tsv"));

    [Fact]
    public void Equal_shares_are_taken_in_file_order_negative_labels_first()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Path("train.tsv"), "\ufeffsentence\tlabel\r\ngood \t1\r\nbad\t0\nfine\t1\nnaïve\t1\nworse\t0\nworst\t0\n");
        File.WriteAllText(folder.Path("dev.tsv"), "label\tsentence\n1\tfun\n");
        var sentences = Sst2.Training(folder.Path(""));
        Assert.Equal(6, sentences.Count);
        Assert.Equal([new("bad", 0, 3), new("worse", 0, 6), new("good ", 1, 2), new("fine", 1, 4)], sentences.Take(4, [0, 1]).Sentences);
        Assert.Equal([new("good ", 0, 2), new("fine", 0, 4), new("bad", 1, 3)], sentences.Take(3, [1, 0]).Sentences);
        Assert.Contains(
            "8 samples need 4 of class 0; the set has 3 of that class",
            Assert.Throws<InvalidDataException>(() => sentences.Take(8, [0, 1])).Message,
            StringComparison.Ordinal);
        Assert.Equal(new("fun", 1, 2), Assert.Single(Sst2.Test(folder.Path("")).Sentences));
        Assert.Contains(
            "dev.tsv", Assert.Throws<FileNotFoundException>(() => Sst2.Test(folder.Path("none"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "line 1: there is no column 'sentence'; the header must be sentence<TAB>label")]
    [InlineData("good\t1\n", "line 1: there is no column 'sentence'")]
    [InlineData("sentence\tscore\n", "line 1: there is no column 'label'")]
    [InlineData("sentence\tlabel\ngood\t1\nbad\n", "line 3: 1 column; the header has 2 columns")]
    [InlineData("sentence\tlabel\ngood\t2\n", "line 2: the label is '2'; it must be 0 or 1")]
    [InlineData("sentence\tlabel\ngood\t\n", "line 2: the label is ''; it must be 0 or 1")]
    [InlineData("sentence\tlabel\n  \t1\n", "line 2: the sentence is empty")]
    [InlineData("sentence\tlabel\n\ngood\t1\n", "line 2: 1 column")]
    public void Faults_are_reported_with_file_and_line(string text, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Path("a.tsv"), text);
        Refuses(folder.Path("a.tsv"), message);
    }

    [Fact]
    public void Other_encodings_are_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.Path("latin.tsv"), [.. "sentence\tlabel\nna"u8, 0xef, .. "ve\t1\n"u8]);
        File.WriteAllText(folder.Path("utf16.tsv"), "sentence\tlabel\n", Encoding.Unicode);
        Refuses(folder.Path("latin.tsv"), "line 2: the text is not UTF-8");
        Refuses(folder.Path("utf16.tsv"), "line 1: the file is UTF-16, according to its first two bytes; convert it to UTF-8");
    }

    [Fact]
    public void Shorter_sentences_come_first_and_padding_ends_them()
    {
        var sentences = new LabelledSentences(2, [new("a b c", 0, 5), new("a", 1, 2), new("c b", 0, 3), new("b", 0, 4)]);
        var vocabulary = Vocabulary.Learn(sentences.Sentences.Select(sentence => sentence.Text), 7);
        var tokens = TokenSequences.Of(sentences, vocabulary);
        Assert.Equal(new long[,] { { 2, 4, 3, 0, 0 }, { 2, 5, 3, 0, 0 }, { 2, 6, 5, 3, 0 }, { 2, 4, 5, 6, 3 } }, tokens.Tokens);
        Assert.Equal(new byte[] { 1, 0, 0, 0 }, tokens.Labels);
        Assert.Equal((4, 5, 5, 7), (tokens.Count, tokens.Length, tokens.LongestLine, tokens.Vocabulary));
    }

    [Fact]
    public void The_real_sentences_are_read()
    {
        Assert.SkipUnless(File.Exists(Shared), $"{Shared} is missing: SST-2 may not be redistributed");
        var sentences = Sst2.Training(Path.GetDirectoryName(Shared)!);
        Assert.Equal(67_349, sentences.Count);
        Assert.Equal(872, Sst2.Test(Path.GetDirectoryName(Shared)!).Count);
        Assert.Equal(500, sentences.Take(1000, [0, 1]).Sentences.Count(sentence => sentence.Label == 0));
    }

    private static void Refuses(string file, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => Sst2.Training(file));
        Assert.StartsWith(file + ": " + message, error.Message, StringComparison.Ordinal);
    }
}
