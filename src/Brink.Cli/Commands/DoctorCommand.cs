using System.CommandLine;
using System.Runtime.InteropServices;
using Brink.Lab;
using Brink.Native;

namespace Brink.Cli.Commands;

internal static class DoctorCommand
{
    public static Command Create()
    {
        var json = Answer.Json();
        var command = new ExampleCommand(
            "doctor",
            "Checks the native library, versions, threads and memory, and says what to do.",
            "brink doctor")
        {
            json,
        };
        command.SetAction(parsed =>
        {
            var preparation = LoadedLibtorch.Preparation();
            preparation.BeforeLoading();
            var libraries = LibtorchFiles.Names.Select(Library).ToArray();
            var loads = libraries.All(library => library.Error is null);
            var leftOut = loads ? preparation.Apply() : [];
            var tests = loads ? SelfTest.Run() : [];
            var ok = loads && tests.All(test => test.Correct || test.Workaround is not null);
            if (parsed.GetValue(json))
            {
                Answer.Print(new
                {
                    Ok = ok,
                    Libraries = libraries,
                    Machine = Machine(loads),
                    Preparation = preparation,
                    LeftOut = leftOut,
                    SelfTest = tests,
                });
            }
            else
            {
                Write("native library", libraries.Select(library => library.Error is null
                    ? $"ok     {library.Name}  {library.File}"
                    : $"FAILED {library.Name}: {library.Error}\n       {Advice(library.Error)}"));
                Write("machine", Machine(loads).Select(pair => $"{pair.Key,-16} {pair.Value}"));
                Write("preparation of the process (0 turns a part off, see docs/benchmarks/process.md)",
                [
                    $"BRINK_KEEP_BLOCKS={(preparation.KeepBlocks ? 1 : 0)}  freed memory is kept for reuse",
                    $"BRINK_QUIET={(preparation.Quiet ? 1 : 0)}        libtorch's warnings are silenced",
                    $"BRINK_SHORT_WAITS={(preparation.ShortWaits ? 1 : 0)}  libtorch's threads spin for microseconds only",
                    $"BRINK_THREADS={preparation.Threads?.ToString() ?? "(libtorch's choice)"}",
                    .. leftOut.Select(line => $"left out: {line}"),
                ]);
                Write("self-test of the arithmetic", tests.Select(Line));
                Console.Out.WriteLine(
                    ok ? "everything Brink needs is right here" : "something is wrong: see FAILED above");
            }
            return ok ? Answer.Success : Answer.Failed;
        });
        return command;
    }

    private static LibraryState Library(string name)
    {
        LibtorchFiles.TryLoad(name, out _, out var error);
        return new(name, LibtorchFiles.Find(name), error);
    }

    private static Dictionary<string, object> Machine(bool loads)
    {
        var memory = GC.GetGCMemoryInfo();
        var machine = new Dictionary<string, object>
        {
            ["system"] = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
            ["runtime"] = RuntimeInformation.FrameworkDescription,
            ["processors"] = Environment.ProcessorCount,
            ["memory_gib"] = Math.Round(memory.TotalAvailableMemoryBytes / 1073741824.0, 1),
        };
        if (!loads) return machine;
        machine["libtorch"] = TorchSharp.torch.__version__;
        machine["products"] = Taylor.TaylorLoss.Description;
        machine["threads"] = TorchSharp.torch.get_num_threads();
        return machine;
    }

    private static string Advice(string error) =>
        error.Contains("GLIBCXX", StringComparison.Ordinal)
            ? "the C++ library here is older than the one libtorch was built with: build with ./brink"
                + " or dotnet build, whose step WeakenLibstdcxx cures this; or install a newer libstdc++6"
        : error.Contains("cannot open shared object", StringComparison.Ordinal)
            ? "a library that it needs is missing: the message names it;"
                + " Debian's package libgomp1 or libstdc++6 may have it"
        : error.Contains("no such file", StringComparison.Ordinal) ? "restore and build again: dotnet build"
        : "the message is the system loader's own";

    private static string Line(SelfTestResult test) => test switch
    {
        { Correct: true } => $"ok     {test.Name}  (error {test.Error:0.0e0})",
        { Workaround: { } workaround } =>
            $"wrong  {test.Name}  (error {test.Error:0.0e0}{Cases(test)}); harmless here: {workaround}",
        _ =>
            $"FAILED {test.Name}  (error {test.Error:0.0e0}{Cases(test)}):"
                + " results cannot be trusted on this machine",
    };

    private static string Cases(SelfTestResult test) =>
        test.WrongCases.Length == 0 ? "" : $" at {test.WrongCases}";

    private static void Write(string title, IEnumerable<string> lines)
    {
        Console.Out.WriteLine(title);
        foreach (var line in lines) Console.Out.WriteLine($"  {line}");
    }

    private sealed record LibraryState(string Name, string? File, string? Error);
}
