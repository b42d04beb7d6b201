using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Brink.Cli;

/// <summary>The program bench/Brink.Bench of the checkout that this program was built in.</summary>
internal sealed class BenchProgram
{
    private const string Project = "bench/Brink.Bench", Build = $"dotnet build {Project} -c Release";

    /// <summary>Folders and files that the program is built from.</summary>
    private static readonly string[] Sources =
    [
        Project, "src/Brink", "src/Brink.Zoo", "src/Brink.Runs", "src/Brink.Lab", "build",
        "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json",
    ];

    private readonly string _checkout, _assembly;

    private BenchProgram(string checkout) =>
        (_checkout, _assembly) = (checkout, Path.Combine(checkout, "artifacts/bin/Brink.Bench/release/Brink.Bench.dll"));

    /// <summary>Finds the program, and builds it if a source is newer.</summary>
    /// <exception cref="InputException">This program does not run in a checkout.</exception>
    /// <exception cref="IOException">The build failed; the message has its first error.</exception>
    public static BenchProgram Current()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, Project))) folder = folder.Parent;
        if (folder is null)
        {
            throw new InputException(
                "bench: the benchmarks are not installed with brink; run './brink bench NAME' in a checkout of Brink's repository");
        }
        var program = new BenchProgram(folder.FullName);
        program.BuildIfOld();
        return program;
    }

    /// <summary>Runs the program. It shares the standard error and the standard input of this process; SIGINT and SIGTERM are
    /// passed on.</summary>
    /// <param name="arguments">Name of a benchmark and its argument.</param>
    /// <param name="row">Receives each line of the standard output.</param>
    /// <returns>The exit code.</returns>
    public int Run(IEnumerable<string> arguments, Action<string> row)
    {
        Process? child = null;
        var starting = new Lock();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => PassOn(context, Signals.Interrupt));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => PassOn(context, Signals.Terminate));
        lock (starting) child = Process.Start(DotNet([_assembly, .. arguments]))!;
        using (child)
        {
            while (child.StandardOutput.ReadLine() is { } line) row(line);
            child.WaitForExit();
            return child.ExitCode;
        }

        void PassOn(PosixSignalContext context, int signal)
        {
            // A signal that arrives while the child is started waits for it.
            lock (starting)
                if (child is null) return;
            // The child handles the signal, and this process ends after it. The console of Windows signals both.
            context.Cancel = true;
            Signals.Send(child, signal);
        }
    }

    private void BuildIfOld()
    {
        var output = Directory.CreateDirectory(Path.GetDirectoryName(_assembly)!);
        if (File.Exists(_assembly) && Newest() <= output.EnumerateFiles("Brink*").Max(file => file.LastWriteTimeUtc)) return;
        Answer.Note("building the benchmarks, which takes a minute or two");
        // The time of this file is the start of the build: a source that changes during the build is newer.
        var started = Path.GetTempFileName();
        var start = DotNet([.. Build.Split(' ').Skip(1), "-v", "quiet", "-nologo"]);
        start.WorkingDirectory = _checkout;
        using var build = Process.Start(start)!;
        var log = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        if (build.ExitCode != 0)
        {
            var error = log.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal))
                ?? $"exit code {build.ExitCode}";
            throw new IOException($"the benchmarks do not build: {error.Trim()}; '{Build}' in {_checkout} shows all errors");
        }
        File.Move(started, Path.Combine(output.FullName, "Brink.Bench.built"), overwrite: true);
    }

    /// <summary>Returns the time of the newest source.</summary>
    private DateTime Newest() => Sources
        .Select(source => Path.Combine(_checkout, source))
        .SelectMany(source => Directory.Exists(source) ? Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories) : [source])
        .Max(File.GetLastWriteTimeUtc);

    /// <summary>Returns how to start the dotnet that runs this program or, if this program is an executable, the dotnet on the
    /// path.</summary>
    private static ProcessStartInfo DotNet(IReadOnlyList<string> arguments)
    {
        var host = Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet";
        return new(host, arguments) { UseShellExecute = false, RedirectStandardOutput = true };
    }
}
