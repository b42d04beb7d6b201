using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Brink.Lab;

/// <summary>A temporary copy of a TorchScript file whose batch norm takes the statistics of the samples. In a traced file the mode is
/// a constant of the code, which <c>train()</c> does not change.</summary>
internal sealed partial class TrainingModeCopy : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("brink-training-").FullName;

    /// <param name="path">File of torch.jit.save.</param>
    /// <exception cref="ExperimentException">The file cannot be read.</exception>
    public TrainingModeCopy(string path)
    {
        File = Path.Combine(_folder, Path.GetFileName(path));
        try
        {
            using var from = ZipFile.OpenRead(path);
            using var to = ZipFile.Open(File, ZipArchiveMode.Create);
            foreach (var entry in from.Entries)
            {
                using var source = entry.Open();
                using var target = to.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
                if (!entry.FullName.EndsWith(".py", StringComparison.Ordinal))
                {
                    source.CopyTo(target);
                    continue;
                }
                using var reader = new StreamReader(source);
                using var writer = new StreamWriter(target);
                writer.Write(Evaluation().Replace(reader.ReadToEnd(), "${before}, True, ${after}"));
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Dispose();
            throw new ExperimentException($"{path}: not a TorchScript file; {e.Message}", e);
        }
    }

    /// <summary>Path of the copy.</summary>
    public string File { get; }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A call of batch norm with a literal mode: torch.batch_norm(input, weight, bias, mean, variance, False, momentum,
    /// epsilon, cudnn).</summary>
    [GeneratedRegex(
        @"(?<before>torch\.batch_norm\(([^()]|\([^()]*\))*?), False, (?<after>[^,()]+, [^,()]+, (True|False)\))",
        RegexOptions.ExplicitCapture,
        10_000)]
    private static partial Regex Evaluation();
}
