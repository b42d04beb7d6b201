namespace Brink.Zoo.Datasets;

/// <summary>Sentences as sequences of word-piece numbers, in ascending order of length.</summary>
/// <param name="Vocabulary">Number of word pieces.</param>
/// <param name="Classes">Number of labels.</param>
/// <param name="Tokens">Tokens [n,length], padded with 0 at the end to the longest sentence.</param>
/// <param name="Labels">Labels [n], each below <paramref name="Classes"/>.</param>
/// <param name="LongestLine">Line of the file that contains the longest sentence.</param>
public sealed record TokenSequences(
    int Vocabulary, int Classes, long[,] Tokens, byte[] Labels, int LongestLine)
{
    /// <summary>Number of sequences n.</summary>
    public int Count => Labels.Length;

    /// <summary>Number of tokens of the longest sentence, [CLS] and [SEP] included.</summary>
    public int Length => Tokens.GetLength(1);

    /// <remarks>A mean over samples does not depend on their order, and neighbours of similar length need little padding in a
    /// micro-batch.</remarks>
    public static TokenSequences Of(LabelledSentences sentences, Vocabulary vocabulary)
    {
        var sorted = sentences.Sentences
            .Select(sentence => (Sentence: sentence, Numbers: vocabulary.Numbers(sentence.Text)))
            .OrderBy(pair => pair.Numbers.Count)
            .ToArray();
        var tokens = new long[sorted.Length, sorted[^1].Numbers.Count];
        for (var i = 0; i < sorted.Length; i++)
            for (var j = 0; j < sorted[i].Numbers.Count; j++)
                tokens[i, j] = sorted[i].Numbers[j];
        return new(
            vocabulary.Pieces.Count,
            sentences.Classes,
            tokens,
            [.. sorted.Select(pair => pair.Sentence.Label)],
            sorted[^1].Sentence.Line);
    }
}
