using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Brink.Lab;
using Brink.Native;
using Brink.Runs;

namespace Brink.Cli.Commands;

internal static class DoctorCommand
{
    public static Command Create()
    {
        var json = Answer.Json();
        var command = new ExampleCommand(
            "doctor",
            "Checks the native library, versions, threads and memory, and gives advice on each fault.",
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
            var journal = StoreJournal.Of(RunFolders.DefaultRoot);
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
                    Journal = journal,
                });
            }
            else
            {
                Write("native library", libraries.Select(library => library.Error is null
                    ? $"ok     {library.Name}  {library.File}"
                    : $"FAILED {library.Name}: {library.Error}\n       {Advice(library)}"));
                Write("versions and machine", Machine(loads).Select(pair => $"{pair.Key.Replace('_', ' '),-16} {pair.Value}"));
                Write("settings of the process (environment variables; 0 turns a setting off)",
                [
                    $"BRINK_KEEP_BLOCKS={(preparation.KeepBlocks ? 1 : 0)}  freed memory is kept for reuse",
                    $"BRINK_QUIET={(preparation.Quiet ? 1 : 0)}        libtorch's warnings are silenced",
                    $"BRINK_SHORT_WAITS={(preparation.ShortWaits ? 1 : 0)}  idle threads of libtorch spin for microseconds only",
                    $"BRINK_RIGHT_CONVOLUTIONS={(preparation.RightConvolutions ? 1 : 0)}  oneDNN is off where its convolutions are wrong",
                    $"BRINK_THREADS={preparation.Threads?.ToString() ?? "(libtorch's choice)"}",
                    .. leftOut.Select(line => $"not applied: {line}"),
                ]);
                Write($"run stores in the folder {RunFolders.DefaultRoot}", [Stores(journal)]);
                Write("numerical self-test", tests.Select(Line));
                Console.Out.WriteLine(
                    ok ? "no fault found: Brink can run here" : "faults found: see FAILED above");
            }
            return ok ? Answer.Success : Answer.Failed;
        });
        return command;
    }

    private static string Stores(StoreJournal journal) => $"{journal.FileSystem}: " + journal switch
    {
        { IsNetwork: true, IsLog: true } =>
            $"a network file system with a write-ahead log, which is not safe there: remove {StoreJournal.Variable}=wal",
        { IsLog: true } => "write-ahead log: a run can be read while it is written",
        { IsNetwork: true } => "a network file system: rollback journal, one writer; readers wait for a commit, and the writer for them",
        _ => "rollback journal, one writer; readers wait for a commit, and the writer for them",
    };

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
            ["brink"] = typeof(DoctorCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
            ["system"] = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
            ["runtime"] = RuntimeInformation.FrameworkDescription,
            ["processors"] = Environment.ProcessorCount,
            ["memory_gib"] = Math.Round(memory.TotalAvailableMemoryBytes / 1073741824.0, 1),
        };
        if (!loads) return machine;
        machine["libtorch"] = TorchSharp.torch.__version__;
        machine["floats_per_register"] = Taylor.TaylorLoss.Lanes;
        machine["threads"] = TorchSharp.torch.get_num_threads();
        return machine;
    }

    private static string Advice(LibraryState library) =>
        library.File is null ? "reinstall brink; in a checkout of Brink, run 'dotnet build src/Brink.Cli -c Release'"
        : library.Error!.Contains("GLIBCXX", StringComparison.Ordinal)
            ? "the C++ library of this system is older than libtorch requires: install a newer libstdc++6; in a checkout of Brink,"
                + " build again instead, which removes the requirement"
        : library.Error.Contains("cannot open shared object", StringComparison.Ordinal)
            ? "install the missing library that the message names; on Debian it is often in the package libgomp1 or libstdc++6"
        : "the message comes from the loader of the system: reinstall brink, in case the file is damaged or for another processor";

    private static string Line(SelfTestResult test) => test switch
    {
        { Correct: true } => $"ok     {test.Name}  (error {test.Error:0.0e0})",
        { Workaround: { } workaround } =>
            $"wrong  {test.Name}  (error {test.Error:0.0e0}{Cases(test)}); harmless here: {workaround}",
        _ =>
            $"FAILED {test.Name}  (error {test.Error:0.0e0}{Cases(test)}):"
                + " do not trust results of this machine",
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
