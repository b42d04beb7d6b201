using System.Diagnostics;
using Brink.Lab;

namespace Brink.Cli;

/// <summary>Tries a user's script in a child process before this process loads it: unsupported operations end the process in
/// native code, and cannot be caught.</summary>
/// <remarks>The child loads the script, runs it on the first and the last micro-batch in the run's precision, and computes
/// the gradient and one Hessian product. It prints each stage on stdout before it begins. Where the product ends the child, a
/// second child tries one layer after the other; the last one that it prints is the cause.</remarks>
internal static class Rehearsal
{
    public const string Command = "rehearse", ByLayer = "--by-layer";

    // Largest exit code of a process that no signal ended.
    private const int LargestExitCode = 128;

    /// <exception cref="InputException">The problem is invalid (the message is that of the child), or the child died (the
    /// message has the stage and the reason).</exception>
    public static void Of(ScriptProblem problem)
    {
        var (code, output, error) = Run([Command, .. problem.Arguments]);
        if (code == Answer.Success) return;
        const string Prefix = "brink: ";
        var lines = Lines(error);
        if (lines.FirstOrDefault(line => line.StartsWith(Prefix, StringComparison.Ordinal)) is { } fault)
            throw new InputException(fault[Prefix.Length..]);
        var stage = Lines(output).LastOrDefault() ?? "starts";
        if (stage == ScriptModel.Twice && Run([Command, .. problem.Arguments, ByLayer]) is { Code: not Answer.Success } second)
            stage = Lines(second.Output).LastOrDefault() ?? stage;
        var reason = Reason(lines) ?? (code > LargestExitCode ? $"signal {code - LargestExitCode}" : $"exit code {code}");
        throw new InputException(
            $"{problem.Model}: libtorch crashes when it {stage}: {reason}; the file is damaged, was made for another"
                + " version of PyTorch, or uses an operation that libtorch does not support");
    }

    private static (int Code, string Output, string Error) Run(IReadOnlyList<string> arguments)
    {
        var start = OwnProgram.Start(arguments);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var child = Process.Start(start)!;
        var error = child.StandardError.ReadToEndAsync();
        var output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return (child.ExitCode, output, error.Result);
    }

    /// <summary>Returns the reason from the output of a C++ program that terminates.</summary>
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
