using System.Text;
using Brink.Zoo.Formats;

namespace Brink.Zoo.Datasets;

/// <summary>SST-2 (Socher et al. 2013) in the layout of GLUE (Wang et al. 2019): lines of a sentence, a tab
/// and a label, 0 negative and 1 positive, under the header sentence, tab, label; UTF-8.</summary>
public static class Sst2
{
    /// <summary>Number of classes, 2: negative and positive.</summary>
    public const int Classes = 2;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads the sentences of one file, or of train.tsv in a folder.</summary>
    /// <exception cref="IOException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not valid; the message states the file, the line and the
    /// fault.</exception>
    public static LabelledSentences Training(string path) => Read(FileAt(path, "train.tsv"));

    /// <summary>Reads the sentences of one file, or of dev.tsv in a folder: GLUE's test.tsv has no labels.</summary>
    public static LabelledSentences Test(string path) => Read(FileAt(path, "dev.tsv"));

    private static string FileAt(string path, string name) =>
        new[] { path, Path.Combine(path, name) }.FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"{path}: this is neither a file nor a folder with {name}");

    private static LabelledSentences Read(string file)
    {
        var lines = Lines(file);
        var header = lines.Count == 0 ? [] : lines[0].Split('\t');
        var (sentence, label) = (Array.IndexOf(header, "sentence"), Array.IndexOf(header, "label"));
        if (sentence < 0 || label < 0)
        {
            throw new InvalidDataException(
                $"{file}: line 1: there is no column '{(sentence < 0 ? "sentence" : "label")}'; "
                    + "the header must be sentence<TAB>label");
        }
        var sentences = new Sentence[lines.Count - 1];
        for (var i = 1; i < lines.Count; i++)
        {
            var fields = lines[i].Split('\t');
            var fault = fields.Length != header.Length
                    ? $"{Columns(fields.Length)}; the header has {Columns(header.Length)}"
                : string.IsNullOrWhiteSpace(fields[sentence]) ? "the sentence is empty"
                : fields[label] is not ("0" or "1") ? $"the label is {Quoted.Of(fields[label])}; it must be 0 or 1"
                : null;
            if (fault is not null) throw new InvalidDataException($"{file}: line {i + 1}: {fault}");
            sentences[i - 1] = new(fields[sentence], (byte)(fields[label][0] - '0'), i + 1);
        }
        return new(Classes, sentences);
    }

    /// <summary>Decodes the lines one by one, so that an error can name its line.</summary>
    private static List<string> Lines(string file)
    {
        ReadOnlySpan<byte> rest = File.ReadAllBytes(file);
        if (rest is [0xff, 0xfe, ..] or [0xfe, 0xff, ..])
        {
            throw new InvalidDataException(
                $"{file}: line 1: the file is UTF-16, according to its first two bytes; convert it to UTF-8");
        }
        if (rest is [0xef, 0xbb, 0xbf, ..]) rest = rest[3..];
        var lines = new List<string>();
        while (rest.Length > 0)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line is [.., (byte)'\r']) line = line[..^1];
            try
            {
                lines.Add(StrictUtf8.GetString(line));
            }
            catch (DecoderFallbackException e)
            {
                throw new InvalidDataException($"{file}: line {lines.Count + 1}: the text is not UTF-8; convert it", e);
            }
        }
        return lines;
    }

    private static string Columns(int n) => n == 1 ? "1 column" : $"{n} columns";
}
