namespace Brink.Zoo.Datasets;

/// <param name="Text">As in the file.</param>
/// <param name="Label">Below the number of classes.</param>
/// <param name="Line">Of the file, from 1.</param>
public sealed record Sentence(string Text, byte Label, int Line);

/// <summary>Sentences with their classes.</summary>
public sealed record LabelledSentences(int Classes, IReadOnlyList<Sentence> Sentences)
{
    public int Count => Sentences.Count;

    /// <summary>Equal shares of the given classes, the first of each class, one class after the other; class
    /// k of the list becomes label k (Damian et al. 2023, as in their code).</summary>
    /// <exception cref="InvalidDataException">There are not so many.</exception>
    public LabelledSentences Take(int n, IReadOnlyList<int> classes)
    {
        var labels = Sentences.Select(sentence => sentence.Label).ToArray();
        var order = classes.ToArray();
        return new(classes.Count,
        [
            .. Balance.Places(labels, n, classes).Select(i =>
                Sentences[i] with { Label = (byte)Array.IndexOf(order, Sentences[i].Label) }),
        ]);
    }
}
