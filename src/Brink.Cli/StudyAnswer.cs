using System.Globalization;
using Brink.Distributed;
using Brink.Lab;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Cli;

/// <summary>Runs a study for a command: makes a new folder, shows progress, handles Ctrl-C, and writes the page and the
/// results as text or JSON.</summary>
internal static class StudyAnswer
{
    // Largest number of events that are shown one by one.
    private const int MostNotes = 3;

    /// <summary>Runs a study of any kind in a new folder.</summary>
    /// <param name="study">Study to run.</param>
    /// <param name="name">Name of the run, and of its folder under runs if <paramref name="output"/> is null.</param>
    /// <param name="output">Folder of the run; null for a new one under runs.</param>
    /// <param name="pace">Pace of checkpoints.</param>
    /// <param name="json">True to print one JSON document.</param>
    /// <param name="prepare">Called with the run before it begins.</param>
    /// <param name="compare">Called with the run after its end.</param>
    /// <returns>The exit code.</returns>
    public static int Of(
        Study study,
        string name,
        string? output,
        CheckpointPace pace,
        bool json,
        Action<RunWriter>? prepare = null,
        Action<RunReader>? compare = null)
    {
        if (Communicator.World is not null && study is not Experiment)
            throw new InputException($"mpirun: a study of the kind '{study.Kind}' runs in one process; start it without mpirun");
        LoadedLibtorch.Require();
        using var interruption = new Interruption();
        using var writer = RunWriter.Create(Folder(output, name));
        prepare?.Invoke(writer);
        return Ended(
            writer,
            name,
            json,
            progress => StudyKinds.Standard.Of(study, writer, pace).Run(name, progress, interruption.Token),
            compare);
    }

    /// <summary>Runs a study without checkpoints in a new folder.</summary>
    /// <returns>The exit code.</returns>
    public static int Of(string name, string? output, bool json, Func<RunWriter, Action<StudyProgress>?, RunSummary> study)
    {
        using var writer = RunWriter.Create(Folder(output, name));
        return Ended(writer, name, json, progress => study(writer, progress));
    }

    /// <summary>Runs the remaining part of an interrupted run.</summary>
    /// <returns>The exit code.</returns>
    public static int Of(
        Resumption resumption, CheckpointPace pace, bool json, CancellationToken cancellation, Action<RunReader>? compare = null) =>
        Ended(resumption.Run, resumption.Name, json, progress => resumption.Continue(pace, progress, cancellation), compare);

    /// <summary>Writes the page of a run that has ended, and prints its results.</summary>
    /// <param name="run">Run that has ended.</param>
    /// <param name="json">True to print one JSON document.</param>
    /// <param name="document">Makes that document from the path of the page; null for the document of the report.</param>
    public static void Write(RunReader run, bool json, Func<string, object>? document = null)
    {
        var page = RunPage.Write(run);
        var (manifest, report) = (run.Manifest(), StudyReports.Standard.Of(run));
        foreach (var note in Notes(run, report)) Answer.Note(note);
        if (json)
        {
            Answer.Print(document?.Invoke(page) ?? report.Document!(run));
            return;
        }
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{manifest.Status} in {manifest.Get(RunSchema.Seconds):f1} s: {manifest.Get(RunSchema.Message)}"));
        if (Story.Of(run) is { Length: > 0 } story) Console.Out.WriteLine(story);
        Console.Out.WriteLine();
        foreach (var table in report.Tables(manifest)) AnswerTable.Write(table.Head, table.Rows);
        RunPage.Print(run, page);
        if (Path.Combine(run.Folder, GameSchema.WeightsFile) is var weights && File.Exists(weights))
            Console.Out.WriteLine($"weights  {Path.GetRelativePath(".", weights)}");
    }

    private static string Folder(string? output, string name) => output ?? RunFolders.New(RunFolders.DefaultRoot, name.Replace('/', '-'));

    private static int Ended(
        RunWriter writer, string name, bool json, Func<Action<StudyProgress>?, RunSummary> run, Action<RunReader>? compare = null)
    {
        var folder = Path.GetRelativePath(".", writer.Folder);
        RunSummary summary;
        try
        {
            using (writer) summary = StudyDisplay.Show(name, run);
        }
        catch (RunStoreException e)
        {
            return Answer.Error(
                $"{e.Message}; everything written before is kept; continue with 'brink resume {RunPage.Named(folder)}'",
                Answer.Failed);
        }
        using var reader = RunReader.Open(folder);
        Write(reader, json);
        compare?.Invoke(reader);
        return Code(summary, folder);
    }

    private static int Code(RunSummary summary, string folder)
    {
        if (summary.Status is RunStatus.Completed or RunStatus.Stable) return Answer.Success;
        var status = summary.Status.Name();
        var message = summary.Message.StartsWith(status, StringComparison.Ordinal) ? summary.Message : $"{status}: {summary.Message}";
        var hint = summary.Status == RunStatus.Interrupted ? $"; continue with 'brink resume {RunPage.Named(folder)}'" : "";
        return Answer.Error($"{message}; all results up to that point are in {folder}{hint}", Answer.Failed);
    }

    private static IEnumerable<string> Notes(RunReader run, StudyReport report)
    {
        var events = run.Events().Where(one => one.Kind == RunSchema.EngineReplacedEvent || report.Noted.Contains(one.Kind)).ToArray();
        return events.Length <= MostNotes
            ? events.Select(one => one.Message)
            : events.Take(MostNotes)
                .Select(one => one.Message)
                .Append(
                    $"and {events.Length - MostNotes} more such events; 'brink runs show {RunPage.Named(run.Folder)}' counts them");
    }
}
