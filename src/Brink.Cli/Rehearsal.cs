using System.Diagnostics;
using Brink.Lab;

namespace Brink.Cli;

/// <summary>A user's script, tried out in a process of its own before this one takes it: native code that meets what it
/// cannot do ends its process, and there is no catching that.</summary>
/// <remarks>The child loads the script, runs it on the first and the last micro-batch in the run's precision, and takes
/// the gradient and one Hessian product; before each of these it says on stdout what it does. Where it dies of the product, a second
/// child goes from layer to layer, and dies of the one that is to blame.</remarks>
internal static class Rehearsal
{
    public const string Command = "rehearse", ByLayer = "--by-layer";

    // What a process ends with by itself; beyond, a signal ended it.
    private const int LargestExitCode = 128;

    /// <exception cref="InputException">What is wrong with the problem, in the child's words; or that it died, and
    /// of what.</exception>
    public static void Of(ScriptProblem problem)
    {
        var (code, output, error) = Run([Command, .. problem.Arguments]);
        if (code == Answer.Success) return;
        const string Said = "brink: ";
        var lines = Lines(error);
        if (lines.FirstOrDefault(line => line.StartsWith(Said, StringComparison.Ordinal)) is { } said)
            throw new InputException(said[Said.Length..]);
        var stage = Lines(output).LastOrDefault() ?? "starts";
        if (stage == ScriptModel.Twice && Run([Command, .. problem.Arguments, ByLayer]) is { Code: not Answer.Success } second)
            stage = Lines(second.Output).LastOrDefault() ?? stage;
        var reason = Reason(lines) ?? (code > LargestExitCode ? $"signal {code - LargestExitCode}" : $"exit code {code}");
        throw new InputException(
            $"{problem.Model}: libtorch ends its process where it {stage}: {reason}; the file is damaged, made for another"
                + " version of PyTorch, or does what libtorch cannot");
    }

    private static (int Code, string Output, string Error) Run(IReadOnlyList<string> arguments)
    {
        var program = Environment.ProcessPath
            ?? throw new InputException("the system does not say what program this is: a script cannot be tried out");
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Run as a library by dotnet, or as a program of its own.
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var child = Process.Start(start)!;
        var error = child.StandardError.ReadToEndAsync();
        var output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return (child.ExitCode, output, error.Result);
    }

    /// <summary>Of what C++ says when it dies, the sentence that says why.</summary>
    private static string? Reason(IEnumerable<string> lines)
    {
        const string What = "what():";
        return lines
            .Select(line => line.StartsWith(What, StringComparison.Ordinal) ? line[What.Length..].Trim() : line)
            .FirstOrDefault(line => line.Length > 0 && !line.StartsWith("terminate called", StringComparison.Ordinal))
            ?.TrimEnd('.');
    }

    private static string[] Lines(string text) =>
        text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
