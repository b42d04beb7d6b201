using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Brink.Lab;

/// <summary>Explains why a TorchScript file cannot be read or run: the cause in one line, and what to do.</summary>
internal static partial class ScriptFailure
{
    /// <summary>Explains why a file does not load as TorchScript.</summary>
    public static string OfLoading(string path)
    {
        const string How = "write one with torch.jit.save(torch.jit.script(model), path)";
        return Entries(path).Any(entry => entry.EndsWith("/data.pkl", StringComparison.Ordinal))
            ? $"it contains a state_dict or a pickled model without its code; {How}"
            : How;
    }

    /// <summary>Explains that a file has no parameters because freezing turned them into constants; null where it did
    /// not.</summary>
    public static string? OfFreezing(string path)
    {
        var constants = Entries(path).Count(entry => ConstantTensor().IsMatch(entry));
        return constants == 0 ? null
            : $"it has no parameters: torch.jit.freeze or optimize_for_inference turned them into constants ({constants} tensors);"
                + " save the model before that";
    }

    /// <summary>Explains why a forward pass failed.</summary>
    /// <param name="path">File of the model.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="e">Error of libtorch.</param>
    /// <param name="runsInFloat32">Returns whether the same pass succeeds in float32; called only where types disagree.</param>
    public static string OfRunning(string path, Tensor x, ExternalException e, Func<bool> runsInFloat32)
    {
        var reason = Reason(e);
        if (Device(path) is { } device)
            return $"{reason}; its code names the device {device}: trace or script the model on the CPU, and save it again";
        if (!x.is_floating_point())
            return $"{reason}; x contains integers: store them as floating-point numbers if the model expects those";
        return x.dtype == ScalarType.Float64 && Disagreement().IsMatch(e.Message) && runsInFloat32()
            ? $"{reason}; its code has float32 constants: use --precision float32"
            : reason;
    }

    /// <summary>Returns the line with the cause, from a message that also has the calls inside the script and
    /// libtorch.</summary>
    public static string Reason(ExternalException e)
    {
        var lines = e.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var raised = lines.LastOrDefault(IsRaised) ?? lines[0];
        const string Usual = "RuntimeError:";
        return (raised.StartsWith(Usual, StringComparison.Ordinal) ? raised[Usual.Length..] : raised).Trim().TrimEnd('.');
    }

    // The last line of a traceback of Python: "RuntimeError: what is wrong".
    private static bool IsRaised(string line) =>
        line.IndexOf(": ", StringComparison.Ordinal) is var end and > 0
        && (line[..end].EndsWith("Error", StringComparison.Ordinal) || line[..end].EndsWith("Exception", StringComparison.Ordinal))
        && !line[..end].Contains(' ');

    /// <summary>Returns a device other than the CPU that the code names, or null.</summary>
    private static string? Device(string path)
    {
        try
        {
            using var zip = ZipFile.OpenRead(path);
            foreach (var entry in zip.Entries.Where(entry => entry.FullName.EndsWith(".py", StringComparison.Ordinal)))
            {
                using var reader = new StreamReader(entry.Open());
                if (DeviceLiteral().Match(reader.ReadToEnd()) is { Success: true } match) return match.Groups["device"].Value;
            }
        }
        catch (InvalidDataException)
        {
            // An archive of the oldest format is not a zip: its code is not searched.
        }
        return null;
    }

    private static string[] Entries(string path)
    {
        try
        {
            using var zip = ZipFile.OpenRead(path);
            return [.. zip.Entries.Select(entry => entry.FullName)];
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }

    [GeneratedRegex("/constants/[0-9]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ConstantTensor();

    [GeneratedRegex(
        "torch\\.device\\(\"(?<device>(?!cpu)[a-z]+(:[0-9]+)?)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DeviceLiteral();

    [GeneratedRegex(
        "dtype|scalar type|Float and Double|Double and Float|to be the same|same type",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Disagreement();
}
