using System.Globalization;
using System.Text.RegularExpressions;

namespace Brink.Zoo.Checkpoints;

/// <summary>Reads the number of a step from the name of a file, such as <c>step_001200.safetensors</c>,
/// <c>epoch=3-step=400.ckpt</c>, <c>model_1200.pt</c> or <c>checkpoint-500/model.safetensors</c>.</summary>
internal static partial class FileStep
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    /// <summary>Returns the last number after a word such as <c>step</c> in the name of the file.</summary>
    public static long? OfWord(string path) => Last(AfterStep(), Path.GetFileNameWithoutExtension(path));

    /// <summary>Returns the last number that stands alone or after a word such as <c>epoch</c>, or else that of the folder. Digits of
    /// another word, such as those of <c>resnet18</c>, are not a step.</summary>
    public static long? OfNumber(string path) =>
        Last(Alone(), Path.GetFileNameWithoutExtension(path))
            ?? Last(AfterCheckpoint(), Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))) ?? "");

    private static long? Last(Regex expression, string text) =>
        expression.Matches(text) is [.., var last]
            && long.TryParse(last.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;

    [GeneratedRegex("(?:step|steps|iter|iters|iteration)[=_. -]?(?<number>[0-9]+)", Options)]
    private static partial Regex AfterStep();

    [GeneratedRegex(
        "(?:^|[^a-z0-9]|epoch|ep|checkpoint|ckpt|model)(?<number>[0-9]+)(?:$|[^a-z0-9])", Options)]
    private static partial Regex Alone();

    [GeneratedRegex("(?:checkpoint|ckpt|step|iter)[=_. -]?(?<number>[0-9]+)", Options)]
    private static partial Regex AfterCheckpoint();
}
