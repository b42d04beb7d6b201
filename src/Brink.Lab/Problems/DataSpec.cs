namespace Brink.Lab;

/// <param name="Set">Data set.</param>
/// <param name="Path">Folder with the full files of the set, or one of these files; without it the embedded subset, or the
/// set's place in the data folder.</param>
/// <param name="Classes">Classes to use; the first becomes output 0. For a file of samples, the classes that it may have;
/// empty: 0 to its largest.</param>
/// <param name="Samples">Number of samples: equal shares of the classes; for all classes of an image set and for a file of
/// samples, the first ones. Null: all samples of the file.</param>
/// <param name="Pool">Side of the squares that are averaged; 1 leaves the images as they are.</param>
/// <param name="Vocabulary">File of the word pieces; without it they are learnt from all sentences of the set.</param>
/// <param name="VocabularySize">Size of the vocabulary that is learnt. With 8,000 pieces the first 1,000 sentences of SST-2
/// have at most 59 tokens, below the 64 positions of the paper's Transformer; with 4,000, 66. For a file of tokens, one more
/// than the largest token that it may have.</param>
public sealed record DataSpec(
    DatasetName Set,
    [FilePath] string? Path,
    IReadOnlyList<int> Classes,
    int? Samples,
    int Pool,
    [FilePath] string? Vocabulary = null,
    int VocabularySize = 8000)
{
    /// <summary>All samples of a file, unchanged: the defaults of data.set=file.</summary>
    public static readonly DataSpec File = new(DatasetName.File, null, [], null, Pool: 1);

    /// <exception cref="ExperimentException">A value is invalid; the message gives the path of the first.</exception>
    internal void Check()
    {
        var isFile = Set == DatasetName.File;
        if (Samples is { } samples) Study.AtLeast("data.samples", samples, isFile ? 1 : 2);
        else if (!isFile) throw new ExperimentException($"data.samples: null; give the number of samples of {Set.Name()} to use");
        Study.AtLeast("data.pool", Pool, 1);
        if (!isFile || Classes.Count > 0) Study.AtLeast("data.classes: number of classes", Classes.Count, 2);
        if (Classes.CountBy(label => label).FirstOrDefault(pair => pair.Value > 1) is { Value: > 1 } repeated)
            throw new ExperimentException($"data.classes: {repeated.Key} is listed {repeated.Value} times; list each class once");
        var last = isFile ? int.MaxValue : Set.Classes() - 1;
        foreach (var label in Classes)
            if (label < 0 || label > last)
                throw new ExperimentException($"data.classes: {label}; classes must be between 0 and {last}");
        Study.AtLeast("data.vocabulary_size", VocabularySize, 1);
    }
}
