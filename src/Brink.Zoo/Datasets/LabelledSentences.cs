namespace Brink.Zoo.Datasets;

/// <param name="Text">Text as in the file.</param>
/// <param name="Label">Label, below the number of classes.</param>
/// <param name="Line">Line number in the file, from 1.</param>
public sealed record Sentence(string Text, byte Label, int Line);

/// <summary>Sentences with their classes.</summary>
public sealed record LabelledSentences(int Classes, IReadOnlyList<Sentence> Sentences)
{
    /// <summary>Number of sentences.</summary>
    public int Count => Sentences.Count;

    /// <summary>Selects equal shares of the given classes, the first of each class, one class after the other; class k of the
    /// list becomes label k (Damian et al. 2023, as in their code).</summary>
    /// <exception cref="InvalidDataException">A class has too few sentences.</exception>
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
