using System.CommandLine;
using Brink.Runs;

namespace Brink.Cli.Commands;

/// <summary>brink runs export: writes text to stdout or to a file, and binary formats to a file or folder.</summary>
internal static class ExportCommand
{
    private const string TensorBoard = "tensorboard";

    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = RunPage.Which };
        var format = new Option<string>("--format")
        {
            Description = "csv: columns process,series,step,value. curves: CSV with columns process,curve,step,x,y."
                + " json: manifest, events, series and curves. parquet, parquet-curves: the tables of csv and"
                + " curves as Parquet. tensorboard: series and curves as an event file in the folder of --out.",
            DefaultValueFactory = _ => "csv",
        };
        format.AcceptOnlyFromAmong("csv", "curves", "json", "parquet", "parquet-curves", TensorBoard);
        var output = new Option<string?>("--out")
        {
            Description = "Output file; for tensorboard, a folder. Default: stdout, for the text formats.",
            HelpName = "PATH",
        };
        var archive = new Option<string?>("--archive")
        {
            Description = "Write the whole run to this zip archive, for 'brink runs import'.",
            HelpName = "FILE",
        };
        var force = OutputFile.Force("--out or --archive");
        var json = Answer.Json();
        var command = new ExampleCommand(
            "export",
            "Writes the numbers of a run in a format for other programs.",
            "brink runs export quickstart --format csv > quickstart.csv")
        {
            run,
            format,
            output,
            archive,
            force,
            json,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(archive) is { } zip)
            {
                if (parsed.GetValue(output) is not null) throw new InputException("--archive and --out: give only one of them");
                zip = OutputFile.Checked(zip, parsed.GetValue(force))!;
                var archived = RunFolders.Find(RunFolders.DefaultRoot, parsed.GetValue(run)!);
                // An import refuses the archive of a damaged run.
                if (RunVerification.Of(archived).Faults is [var fault, ..])
                {
                    return Answer.Error(
                        $"{archived}: {fault}; a damaged run is not archived; 'brink runs verify {RunPage.Named(archived)}' lists every"
                            + " fault",
                        Answer.Failed);
                }
                RunArchive.Write(archived, zip);
                if (parsed.GetValue(json)) Answer.Print(new { Export = Path.GetFullPath(zip) });
                else Console.Out.WriteLine(zip);
                return Answer.Success;
            }
            var (chosen, path) = (parsed.GetValue(format)!, parsed.GetValue(output));
            if (path is null && IsBinary(chosen))
            {
                throw new InputException(chosen == TensorBoard
                    ? "--format tensorboard: name a folder for the event file with --out FOLDER"
                    : $"--format {chosen}: cannot be written to stdout; name a file with --out FILE");
            }
            var folder = RunFolders.Find(RunFolders.DefaultRoot, parsed.GetValue(run)!);
            using var reader = RunReader.Open(folder);
            // The check runs in parallel with the export, which takes as long.
            var damage = Task.Run(() => RunVerification.StoreFaults(folder));
            if (path is null)
            {
                var written = parsed.GetValue(json) ? "json" : chosen;
                using (var stdout = Console.OpenStandardOutput()) Write(reader, written, stdout);
                NoteIfEmpty(reader, written);
                return Ended(folder, damage);
            }
            var replace = parsed.GetValue(force);
            var file = chosen == TensorBoard
                ? EventFile(reader, path, replace)
                : OutputFile.Checked(path, replace)!;
            Save(reader, chosen, file);
            NoteIfEmpty(reader, chosen);
            if (parsed.GetValue(json)) Answer.Print(new { Export = Path.GetFullPath(file) });
            else Console.Out.WriteLine(file);
            return Ended(folder, damage);
        });
        return command;
    }

    /// <summary>Prints a note if the table is empty, with a format that is not; an empty table is not an error.</summary>
    private static void NoteIfEmpty(RunReader run, string format)
    {
        if (format == "json") return;
        var (series, curves) = (run.Series().Count > 0, run.CurveNames().Count > 0);
        var there = format switch
        {
            "csv" or "parquet" => series,
            "curves" or "parquet-curves" => curves,
            _ => series || curves,
        };
        if (there) return;
        var name = Path.GetFileName(run.Folder);
        var (what, other) = format switch
        {
            "csv" => ("series", curves ? "curves" : "json"),
            "parquet" => ("series", curves ? "parquet-curves" : "json"),
            "curves" => ("curves", series ? "csv" : "json"),
            "parquet-curves" => ("curves", series ? "parquet" : "json"),
            _ => ("series or curves", "json"),
        };
        Answer.Note($"{name}: the run has no {what}, so {format} is empty; use --format {other}");
    }

    private static int Ended(string folder, Task<IReadOnlyList<string>> damage) => damage.GetAwaiter().GetResult() is [var fault, ..]
        ? Answer.Error(
            $"{folder}: {fault}; only the readable part was exported; 'brink runs verify {RunPage.Named(folder)}' lists every fault",
            Answer.Failed)
        : Answer.Success;

    private static bool IsBinary(string format) => format is "parquet" or "parquet-curves" or TensorBoard;

    /// <summary>Writes a temporary file and renames it, so that a partial file is not mistaken for a complete
    /// export.</summary>
    private static void Save(RunReader run, string format, string file)
    {
        var aside = file + ".partial";
        try
        {
            using (var stream = File.Create(aside)) Write(run, format, stream);
            File.Move(aside, file, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    private static void Write(RunReader run, string format, Stream to)
    {
        if (format == "parquet") ParquetExport.WriteSeries(run, to).GetAwaiter().GetResult();
        else if (format == "parquet-curves") ParquetExport.WriteCurves(run, to).GetAwaiter().GetResult();
        else if (format == TensorBoard) TensorBoardExport.Write(run, to);
        else WriteText(run, format, to);
    }

    private static void WriteText(RunReader run, string format, Stream to)
    {
        using var text = new StreamWriter(to, leaveOpen: true);
        if (format == "json") RunExport.WriteJson(run, text);
        else if (format == "curves") RunExport.WriteCurvesCsv(run, text);
        else RunExport.WriteCsv(run, text);
    }

    /// <summary>Returns the path of the event file. TensorBoard draws all event files of a folder as one run, so each folder
    /// may have only one.</summary>
    private static string EventFile(RunReader run, string folder, bool replace)
    {
        if (File.Exists(folder)) throw new InputException($"{folder}: is a file; tensorboard needs a folder");
        var name = TensorBoardExport.FileName(run);
        Directory.CreateDirectory(folder);
        var other = Directory.EnumerateFiles(folder, "*tfevents*")
            .Select(Path.GetFileName)
            .FirstOrDefault(file => file != name);
        return other is null ? OutputFile.Checked(Path.Combine(folder, name), replace)! : throw new InputException(
            $"{folder}: contains {other}, and TensorBoard would draw both as one run; name another folder");
    }
}
