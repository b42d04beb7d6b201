using System.Globalization;
using System.Text.Json;
using Brink.Tests;

namespace Brink.Cli.Tests;

public class ContractTests
{
    private static readonly string[] Short = ["--set", "tracking.steps=30"];

    [Fact]
    public void A_run_prints_the_contract_for_scripts_in_json_and_writes_a_page()
    {
        using var brink = new BrinkProgram();
        var run = brink.Run(["run", "smoke", "--json", .. Short]);
        Assert.Equal(0, run.Code);
        Assert.Equal("", run.Error);
        var json = run.Json;
        Assert.Equal("completed", json.GetProperty("status").GetString());
        Assert.Equal(brink.Path("runs/smoke"), json.GetProperty("run").GetString());
        Assert.True(File.Exists(json.GetProperty("page").GetString()));
        Assert.Equal(2 / 0.06, json.GetProperty("threshold").GetDouble(), 1e-9);
        Assert.Equal(30, json.GetProperty("tracked_steps").GetInt32());
        Assert.InRange(json.GetProperty("instability_step").GetInt32(), 1, 1000);
        foreach (var key in new[] { "max_constraint_error", "max_alignment_error" })
            Assert.InRange(json.GetProperty(key).GetDouble(), 0, 1e-6);
        foreach (var key in new[]
        {
            "products_per_step", "gradients_per_step", "third_derivatives_per_step",
            "prediction_error_mean", "prediction_error_max", "seconds",
        })
            Assert.InRange(json.GetProperty(key).GetDouble(), 1e-9, 1e3);

        // Other commands read the run store.
        var csv = brink.Run("runs", "export", "smoke", "--format", "csv");
        Assert.StartsWith("process,series,step,value\n", csv.Output, StringComparison.Ordinal);
        var rows = csv.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')).ToArray();
        Assert.All(rows, row => Assert.True(row.Length == 4 && double.TryParse(row[3], CultureInfo.InvariantCulture, out _)));
        foreach (var process in new[] { "gd", "flow", "constrained", "predicted" })
            foreach (var series in new[] { "loss", "sharpness", "distance" })
                Assert.Contains(rows, row => row[0] == process && row[1] == series);
        Assert.Contains(rows, row => row[0] == "predicted" && row[1] == "x");
        Assert.StartsWith(
            "process,curve,step,x,y\n", brink.Run("runs", "export", "smoke", "--format", "curves").Output, StringComparison.Ordinal);
        Assert.Equal("smoke", brink.Run("runs", "list", "--json").Json[0].GetProperty("run").GetString());
        Assert.Equal(30, brink.Run("runs", "show", "smoke", "--json").Json.GetProperty("tracked_steps").GetDouble());
        brink.AssertShown(
            "smoke", "learning_rate: 0.06", "[audit]\nquantity", "[audit float32]\nquantity", "[events]\nevent", "threshold  ");
        Assert.Equal(JsonValueKind.Object, brink.Run("runs", "export", "smoke", "--json").Json.GetProperty("manifest").ValueKind);

        // Pages and figures; no file of the user is overwritten.
        Assert.Equal(0, brink.Run("report", "smoke", "runs/smoke", "--out", "both.html").Code);
        Assert.Equal(0, brink.Run("figure", "smoke", "main", "--out", "main.png").Code);
        Assert.Equal(0, brink.Run("figure", "smoke", "sharpness").Code);
        Assert.True(File.Exists(brink.Path("runs/smoke/sharpness.svg")));
        Assert.Contains("--force", brink.Run("figure", "smoke", "main", "--out", "main.png").ErrorLine, StringComparison.Ordinal);
        Assert.Equal(0, brink.Run("figure", "smoke", "main", "--out", "main.png", "--force").Code);
        Assert.Contains("did you mean 'sharpness'?", brink.Run("figure", "smoke", "sharpnes").ErrorLine, StringComparison.Ordinal);
        Assert.Equal(2, brink.Run("figure", "smoke", "main", "--out", "main.gif").Code);
        Assert.Contains("has no data for this figure", brink.Run("figure", "smoke", "directions").ErrorLine, StringComparison.Ordinal);

        // A second run of that name gets its own folder; a seed changes its numbers.
        var second = brink.Run(["run", "smoke", "--seed", "2", "--json", .. Short]);
        Assert.Equal(brink.Path("runs/smoke-2"), second.Json.GetProperty("run").GetString());
        Assert.NotEqual(
            json.GetProperty("prediction_error_mean").GetDouble(), second.Json.GetProperty("prediction_error_mean").GetDouble());
    }

    [Fact]
    public void A_speed_study_reports_the_result_of_each_learning_rate_in_json()
    {
        using var brink = new BrinkProgram();
        string[] small =
        [
            "sharpness_samples=20", "data.samples=50", "data.pool=4", "model.hidden=[8]", "steps=6", "evaluate_every=3",
            "learning_rates=[0.1, 0.2]"
        ];
        var run = brink.Run(["run", "speed/mlp-fashion-mnist", "--json", .. small.SelectMany(value => new[] { "--set", value })]);
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.Equal("completed", run.Json.GetProperty("status").GetString());
        Assert.Equal(0.2, run.Json.GetProperty("best_learning_rate").GetDouble());
        Assert.Equal(
            ["gd@0.1", "gd@0.2", "gd@1/S"],
            run.Json.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("process").GetString()));
        Assert.True(File.Exists(run.Json.GetProperty("page").GetString()));
        brink.AssertShown("speed/mlp-fashion-mnist", "best learning rate", "[results]\nprocess");
        Assert.Equal(0, brink.Run("figure", "speed/mlp-fashion-mnist", "speed").Code);
        Assert.Contains("study: speed", brink.Run("presets", "speed/mlp-fashion-mnist").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "learning_rate: no such key; did you mean 'learning_rates'?", "run", "speed/mlp-fashion-mnist", "--set", "learning_rate=0.1")]
    [InlineData("learning_rates[1]: 0; it must be above 0", "run", "speed/mlp-fashion-mnist", "--set", "learning_rates=[0.1, 0]")]
    [InlineData("learning_rates: a list of numbers is expected", "run", "speed/mlp-fashion-mnist", "--set", "learning_rates=0.1")]
    [InlineData("no such preset; did you mean 'quickstart'?", "run", "quickstrt")]
    [InlineData("no such key; did you mean 'learning_rate'?", "run", "smoke", "--set", "learning_rat=0.1")]
    [InlineData("learning_rate: -1; it must be above 0", "run", "smoke", "--set", "learning_rate=-1")]
    [InlineData("nowhere.yaml", "run", "nowhere.yaml")]
    [InlineData("experiment.txt: data.sampels: no such key; did you mean 'samples'?", "run", "experiment.txt")]
    [InlineData("truncated: is a folder; name a preset or a file", "run", "truncated")]
    [InlineData("a-run: is a folder; name a preset or a file, such as a-run/experiment.yaml", "audit", "a-run")]
    [InlineData("folder.yaml: is a folder", "run", "folder.yaml")]
    [InlineData("empty.yaml: empty; write an experiment with 'brink presets quickstart > FILE'", "run", "empty.yaml")]
    [InlineData("wrong.yaml: data.sampels: no such key; did you mean 'samples'?", "run", "wrong.yaml")]
    [InlineData("no file train-images-idx3-ubyte", "run", "smoke", "--set", "data.path=.")]
    [InlineData("truncated", "run", "smoke", "--set", "data.path=truncated")]
    [InlineData("the folder cannot be created", "run", "smoke", "--out", "wrong.yaml/run")]
    [InlineData("exists already", "run", "smoke", "--out", "truncated")]
    [InlineData("no such run", "runs", "show", "nothing")]
    [InlineData("no such run", "report", "nothing")]
    [InlineData("rnu: no such command; did you mean 'run'?", "rnu")]
    [InlineData("no such command; expected one of list", "runs", "everything")]
    [InlineData("--sead: no such option of 'brink run'; did you mean '--seed'?", "run", "--sead", "3")]
    [InlineData("extra: one argument too many for 'brink run'; see 'brink run --help'", "run", "smoke", "extra")]
    [InlineData("RUN is missing; see 'brink runs show --help'", "runs", "show")]
    [InlineData("--seed many: a whole number is expected; see 'brink run --help'", "run", "--seed", "many")]
    [InlineData("--steps many: a whole number of at most 2,147,483,647 is expected", "games", "gan", "--steps", "many")]
    [InlineData("--eta many: a number is expected", "landscape", "minimalist", "--eta", "many")]
    [InlineData("--data is missing", "inspect", "model.pt", "--loss", "mse")]
    [InlineData("games: a command is missing; expected one of solve, train", "games")]
    [InlineData("--format xml: no such value; ", "runs", "export", "x", "--format", "xml")]
    public void Wrong_input_is_reported_in_one_line_with_exit_code_2(string message, params string[] arguments)
    {
        using var brink = new BrinkProgram();
        foreach (var file in new[] { "wrong.yaml", "experiment.txt" }) File.WriteAllText(brink.Path(file), "data: { sampels: 3 }");
        File.WriteAllText(brink.Path("empty.yaml"), "");
        Directory.CreateDirectory(brink.Path("folder.yaml"));
        Directory.CreateDirectory(brink.Path("a-run"));
        File.WriteAllText(brink.Path("a-run/experiment.yaml"), "preset: smoke");
        Directory.CreateDirectory(brink.Path("truncated"));
        File.WriteAllBytes(brink.Path("truncated/train-images-idx3-ubyte"), [0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 0, 2, 1]);
        File.WriteAllBytes(brink.Path("truncated/train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 1, 0]);
        var result = brink.Run(arguments);
        Assert.Contains(message, result.ErrorLine, StringComparison.Ordinal);
        Assert.Equal((2, ""), (result.Code, result.Output));
    }

    [Fact]
    public void A_diverging_run_exits_with_code_1_and_keeps_its_results()
    {
        using var brink = new BrinkProgram();
        var run = brink.Run("run", "smoke", "--set", "learning_rate=50", "--json");
        Assert.Equal(1, run.Code);
        Assert.Contains("diverged", run.ErrorLine, StringComparison.Ordinal);
        Assert.Equal("diverged", run.Json.GetProperty("status").GetString());
        brink.AssertShown("smoke", "status   diverged");
        Assert.Contains("ended early", File.ReadAllText(run.Json.GetProperty("page").GetString()!), StringComparison.Ordinal);
        Assert.Contains("gd,loss,0,", brink.Run("runs", "export", "smoke").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_reported_and_committed_results_are_kept()
    {
        using var brink = new BrinkProgram();
        var disk = brink.Path("disk");
        Directory.CreateDirectory(disk);
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && ChildProcess.Run("mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", disk).Code == 0,
            "mounting a small disk needs root");
        try
        {
            var run = brink.Run("run", "smoke", "--out", disk + "/run", "--set", "tracking.steps=2000");
            Assert.Equal(1, run.Code);
            Assert.Contains("no space left on the disk", run.ErrorLine, StringComparison.Ordinal);
            Assert.Contains("gd,loss,1,", brink.Run("runs", "export", disk + "/run").Output, StringComparison.Ordinal);
        }
        finally
        {
            ChildProcess.Run("umount", disk);
        }
    }

    [Fact]
    public void On_a_terminal_progress_shows_step_loss_and_sharpness()
    {
        using var brink = new BrinkProgram();
        var terminal = brink.OnTerminal(["run", "smoke", .. Short]);
        Assert.SkipWhen(terminal is null, "script, which makes a terminal, is not installed");
        Assert.Equal(0, terminal.Code);
        Assert.Matches(@"edge step \d+  loss 0\.\d+  S/\(2/η\) \d\.\d\d\d", terminal.Output);
        Assert.Contains("completed in", terminal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_of_every_command_ends_with_an_example()
    {
        using var brink = new BrinkProgram();
        foreach (var (path, _) in BrinkAssembly.Commands().Where(one => !one.Command.Hidden))
        {
            var help = brink.Run([.. path, "--help"]);
            Assert.Equal((0, ""), (help.Code, help.Error));
            Assert.Contains("Example:\n  brink ", help.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("presets")]
    [InlineData("runs", "list")]
    [InlineData("data", "list")]
    public void Nothing_loads_libtorch_until_it_differentiates(params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only glibc traces its loader");
        using var brink = new BrinkProgram();
        Assert.Equal(0, brink.Run([("LD_DEBUG", "files"), ("LD_DEBUG_OUTPUT", brink.Path("trace"))], arguments).Code);
        var trace = string.Concat(Directory.EnumerateFiles(brink.Path(""), "trace*").Select(File.ReadAllText));
        Assert.Contains("libcoreclr", trace, StringComparison.Ordinal);
        Assert.DoesNotContain("torch", trace, StringComparison.Ordinal);
    }

    [Fact]
    public void Presets_are_listed_and_printed_as_files_that_run()
    {
        using var brink = new BrinkProgram();
        var json = brink.Run("presets", "--json").Json;
        Assert.Equal("quickstart", json[0].GetProperty("name").GetString());
        Assert.InRange(json[0].GetProperty("seconds").GetInt32(), 1, 90);
        File.WriteAllText(brink.Path("mine.yaml"), brink.Run("presets", "smoke").Output);
        var run = brink.Run(["run", "mine.yaml", "--json", .. Short]);
        Assert.Equal(brink.Path("runs/mine"), run.Json.GetProperty("run").GetString());
        Assert.Equal(
            File.ReadAllText(brink.Path("mine.yaml")).Replace("steps: 150", "steps: 30", StringComparison.Ordinal),
            File.ReadAllText(brink.Path("runs/mine/experiment.yaml")));
    }

    [Fact]
    public void Audit_reports_each_error_and_passes()
    {
        using var brink = new BrinkProgram();
        var audit = brink.Run("audit", "smoke", "--json");
        Assert.Equal((0, ""), (audit.Code, audit.Error));
        Assert.True(audit.Json.GetProperty("passed").GetBoolean());
        foreach (var quantity in new[] { "gradient", "hessian", "symmetry", "third" })
            Assert.InRange(audit.Json.GetProperty(quantity).GetProperty("relative_error").GetDouble(), 0, 1e-5);
        Assert.Contains("falling at order 2.0", brink.Run("audit", "smoke").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_reports_no_fault_and_each_setting()
    {
        using var brink = new BrinkProgram();
        var doctor = brink.Run([("BRINK_QUIET", "0"), ("BRINK_THREADS", "1")], "doctor", "--json");
        var waiting = brink.Run([("BRINK_SHORT_WAITS", "0")], "doctor", "--json");
        Assert.Equal(0, doctor.Code);
        Assert.True(doctor.Json.GetProperty("ok").GetBoolean());
        var preparation = doctor.Json.GetProperty("preparation");
        Assert.False(preparation.GetProperty("quiet").GetBoolean());
        Assert.True(preparation.GetProperty("keep_blocks").GetBoolean());
        Assert.True(preparation.GetProperty("short_waits").GetBoolean());
        Assert.False(waiting.Json.GetProperty("preparation").GetProperty("short_waits").GetBoolean());
        if (OperatingSystem.IsLinux()) Assert.Equal(0, doctor.Json.GetProperty("left_out").GetArrayLength());
        Assert.Equal(1, doctor.Json.GetProperty("machine").GetProperty("threads").GetInt32());
        Assert.Equal(9, doctor.Json.GetProperty("self_test").GetArrayLength());
        Assert.Contains("no fault found", brink.Run("doctor").Output, StringComparison.Ordinal);
        Assert.Contains("BRINK_THREADS is 'many'", brink.Run([("BRINK_THREADS", "many")], "doctor").ErrorLine, StringComparison.Ordinal);
    }
}
