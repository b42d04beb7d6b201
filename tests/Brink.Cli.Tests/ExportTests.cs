using System.Text;

namespace Brink.Cli.Tests;

public class ExportTests
{
    [Fact]
    public void A_run_is_exported_in_every_format_and_nothing_is_overwritten()
    {
        using var brink = new BrinkProgram();
        Assert.Equal(0, brink.Run("run", "smoke", "--set", "tracking.steps=10").Code);

        // The text on stdout and in a file is the same.
        foreach (var format in new[] { "csv", "curves", "json" })
        {
            var stdout = brink.Run("runs", "export", "smoke", "--format", format).Output;
            var file = brink.Run("runs", "export", "smoke", "--format", format, "--out", "smoke." + format);
            Assert.Equal((0, $"smoke.{format}\n"), (file.Code, file.Output));
            Assert.Equal(stdout, File.ReadAllText(brink.Path("smoke." + format)));
        }

        // A Parquet file begins and ends with PAR1.
        foreach (var format in new[] { "parquet", "parquet-curves" })
        {
            var name = format + ".parquet";
            Assert.Equal(
                brink.Path(name),
                brink.Run("runs", "export", "smoke", "--format", format, "--out", name, "--json").Json.GetProperty("export").GetString());
            var bytes = File.ReadAllBytes(brink.Path(name));
            Assert.Equal(("PAR1", "PAR1"), (Encoding.ASCII.GetString(bytes[..4]), Encoding.ASCII.GetString(bytes[^4..])));
        }
        Assert.Contains(
            "--force",
            brink.Run("runs", "export", "smoke", "--format", "parquet", "--out", "parquet.parquet").ErrorLine,
            StringComparison.Ordinal);
        Assert.Equal(0, brink.Run("runs", "export", "smoke", "--format", "parquet", "--out", "parquet.parquet", "--force").Code);

        // TensorBoard reads one event file per folder; the folder is made.
        var events = brink.Run("runs", "export", "smoke", "--format", "tensorboard", "--out", "board/smoke").Output.Trim();
        Assert.Matches(@"^board/smoke/events\.out\.tfevents\.\d{10}\.smoke$", events);
        Assert.Contains("predicted/sharpness", Encoding.Latin1.GetString(File.ReadAllBytes(brink.Path(events))), StringComparison.Ordinal);
        Assert.Contains(
            "--force",
            brink.Run("runs", "export", "smoke", "--format", "tensorboard", "--out", "board/smoke").ErrorLine,
            StringComparison.Ordinal);
        File.Move(brink.Path(events), brink.Path("board/smoke/events.out.tfevents.1.other"));
        var mixed = brink.Run("runs", "export", "smoke", "--format", "tensorboard", "--out", "board/smoke", "--force");
        Assert.Contains(
            "contains events.out.tfevents.1.other, and TensorBoard would draw both as one run", mixed.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(2, mixed.Code);
        Assert.Contains(
            "smoke.csv: is a file; tensorboard needs a folder",
            brink.Run("runs", "export", "smoke", "--format", "tensorboard", "--out", "smoke.csv").ErrorLine,
            StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(brink.Path(""), "*.partial", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_run_with_curves_only_exports_an_empty_table_and_a_note_names_the_other_format()
    {
        using var brink = new BrinkProgram();
        var here = Path.Combine(AppContext.BaseDirectory, "torchscript");
        Assert.Equal(0, brink.Run(
            "inspect", Path.Combine(here, "mlp.pt"), "--data", Path.Combine(here, "values.npz"), "--loss", "mse",
            "--out", "runs/look").Code);
        var csv = brink.Run("runs", "export", "look");
        Assert.Equal((0, "process,series,step,value\n"), (csv.Code, csv.Output));
        Assert.Equal("brink: look: the run has no series, so csv is empty; use --format curves\n", csv.Error);
        var parquet = brink.Run("runs", "export", "look", "--format", "parquet", "--out", "a.parquet");
        Assert.Equal(0, parquet.Code);
        Assert.Contains("use --format parquet-curves", parquet.Error, StringComparison.Ordinal);
        foreach (var format in new[] { "curves", "json" })
            Assert.Equal("", brink.Run("runs", "export", "look", "--format", format).Error);

        var board = brink.Run("runs", "export", "look", "--format", "tensorboard", "--out", "board");
        Assert.Equal((0, ""), (board.Code, board.Error));
        var events = Encoding.Latin1.GetString(File.ReadAllBytes(brink.Path(board.Output.Trim())));
        foreach (var tag in new[] { "spectrum/top/0", "spectrum/density/0", "spectrum/density/0/x" })
            Assert.Contains(tag, events, StringComparison.Ordinal);
        Assert.DoesNotContain("spectrum/top/0/x", events, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--format parquet: cannot be written to stdout; name a file with --out FILE", "--format", "parquet")]
    [InlineData("--format parquet-curves: cannot be written to stdout", "--format", "parquet-curves", "--json")]
    [InlineData("--format tensorboard: name a folder for the event file with --out FOLDER", "--format", "tensorboard")]
    [InlineData("none: no such run", "--format", "parquet", "--out", "a.parquet")]
    public void Wrong_input_is_reported_in_one_line_with_exit_code_2(string message, params string[] arguments)
    {
        using var brink = new BrinkProgram();
        var result = brink.Run(["runs", "export", "none", .. arguments]);
        Assert.Contains(message, result.ErrorLine, StringComparison.Ordinal);
        Assert.Equal((2, ""), (result.Code, result.Output));
    }
}
