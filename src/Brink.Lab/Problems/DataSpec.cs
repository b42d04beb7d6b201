namespace Brink.Lab;

/// <param name="Set">Which data set.</param>
/// <param name="Path">Folder with its full files, or one file of them; without it the embedded subset, or the
/// set's place in the data folder.</param>
/// <param name="Classes">Those that are used; the first becomes output 0. Of a file of samples, the classes that it may
/// have; empty: 0 to its largest.</param>
/// <param name="Samples">So many of these classes, in equal shares; of all classes of an image set and of a file of samples,
/// the first so many. Null: all samples of the file.</param>
/// <param name="Pool">Side of the squares that are averaged; 1 leaves the images as they are.</param>
/// <param name="Vocabulary">File of the word pieces of sentences; without it they are learnt from all of the
/// set's.</param>
/// <param name="VocabularySize">Of the vocabulary that is learnt. With 8,000 pieces the first 1,000 sentences
/// of SST-2 have at most 59 tokens, below the 64 positions of the paper's Transformer; with 4,000, 66. Of a file of tokens,
/// one more than the largest that it may have.</param>
public sealed record DataSpec(
    DatasetName Set,
    [FilePath] string? Path,
    IReadOnlyList<int> Classes,
    int? Samples,
    int Pool,
    [FilePath] string? Vocabulary = null,
    int VocabularySize = 8000)
{
    /// <summary>All samples of a file, as they are: what data.set=file starts from.</summary>
    public static readonly DataSpec File = new(DatasetName.File, null, [], null, Pool: 1);

    /// <exception cref="ExperimentException">The first value that makes no sense, by its path.</exception>
    internal void Check()
    {
        var isFile = Set == DatasetName.File;
        if (Samples is { } samples) Study.AtLeast("data.samples", samples, isFile ? 1 : 2);
        else if (!isFile) throw new ExperimentException($"data.samples: null; say how many of {Set.Name()}");
        Study.AtLeast("data.pool", Pool, 1);
        if (!isFile || Classes.Count > 0) Study.AtLeast("data.classes: number of classes", Classes.Count, 2);
        if (Classes.Distinct().Count() < Classes.Count)
            throw new ExperimentException("data.classes: a class is named twice");
        var last = isFile ? int.MaxValue : Set.Classes() - 1;
        foreach (var label in Classes)
            if (label < 0 || label > last)
                throw new ExperimentException($"data.classes: {label}; the classes are 0 to {last}");
        Study.AtLeast("data.vocabulary_size", VocabularySize, 1);
    }
}
