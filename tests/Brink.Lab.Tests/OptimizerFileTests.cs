using System.IO.Compression;
using Brink.Games;
using Brink.Zoo.Formats;

namespace Brink.Lab.Tests;

public class OptimizerFileTests
{
    // Published weights and games, where available; they may not be redistributed.
    private static readonly string Shared = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "../../../../../shared/reference/l2pg"));

    [Fact]
    public void Published_weights_need_the_published_number_of_steps()
    {
        Assert.SkipUnless(Directory.Exists(Shared), $"{Shared} is missing: the published weights may not be redistributed");
        using var scope = NewDisposeScope();
        var optimizer = OptimizerFile.Read(Path.Combine(Shared, "two-player.pkl"));
        var evaluation = GameEvaluation.Of(Path.Combine(Shared, "stable_game_list_new.txt"), new ConvergenceTest(StopRule.Published));
        var found = evaluation.Run(optimizer);
        Assert.Equal(38.99, found.MeanSteps, 0.005);
        Assert.Equal(20, found.Converged);
        Assert.InRange(evaluation.Run(ShippedOptimizers.Find("two-player")).MeanSteps, 0, 38.99 / 1.8);
    }

    [Fact]
    public void Shipped_weights_need_half_the_steps_of_the_best_tuned_classic_solver()
    {
        using var scope = NewDisposeScope();
        var evaluation = GameEvaluation.Of("stable", new ConvergenceTest());
        var learned = evaluation.Run(ShippedOptimizers.Find("two-player"));
        Assert.Equal(20, learned.Converged);
        var (played, w) = (evaluation.Games.Repeated(4), evaluation.Starts.repeat(20, 1));
        // The best classic solver on these games (docs/benchmarks/games.md).
        var (_, best) = ClassicSolvers.Best(ClassicSolvers.All.Single(one => one.Name == "alternating"), evaluation.Test, played, w, 4);
        Assert.InRange(learned.MeanSteps, 1, best.MeanSteps / 2);
        Assert.Equal(5, GameEvaluation.Of("four-player", new ConvergenceTest()).Run(ShippedOptimizers.Find("four-player")).Converged);
    }

    [Fact]
    public void A_zip_of_raw_storages_is_read_in_order_without_permuting_the_gates()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        int[] sizes = [128 * 36, 128 * 32, 128, 128, 128 * 32, 128 * 32, 128, 128, 3 * 32];
        WriteZip(folder.Path("a.pkl"), sizes);
        var read = OptimizerFile.Read(folder.Path("a.pkl"));
        // Element i of storage s is s + i / 8192.
        Assert.Equal(36 / 8192.0, read.InputWeights[1, 0].ToSingle());
        Assert.Equal(1 + (33 / 8192.0), read.HiddenWeights[1, 1].ToSingle());
        Assert.Equal((2, 3), (read.InputBias[0].ToSingle(), read.HiddenBias[0].ToSingle()));
        Assert.Equal(8 + (95 / 8192.0), read.OutputWeights[2, 31].ToSingle());
        Assert.Equal(1, read.Reach);
    }

    [Fact]
    public void Files_that_are_not_optimizers_are_refused_in_one_line()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        WriteZip(folder.Path("short.pkl"), [128 * 36, 128 * 31]);
        Refuses("short.pkl", "storage 1 (recurs.weight_hh) has 15872 bytes, not 16384 for [128,32] in float32");
        WriteZip(folder.Path("few.pkl"), [128 * 36]);
        Refuses("few.pkl", "storage 1 (recurs.weight_hh) is missing");
        File.WriteAllText(folder.Path("text"), "1,2,3,4,5,6\n1,2,3,4,5,6\n");
        Refuses("text", "not a safetensors file");
        Safetensors.Write(
            folder.Path("other.safetensors"), new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["output.weight"] = zeros(3, 32) });
        Refuses("other.safetensors", "the weights are of another architecture: recurs.weight_ih is missing");
        Refuses("nothing", "no such file");

        void Refuses(string name, string message)
        {
            var error = Assert.Throws<InvalidDataException>(() => OptimizerFile.Read(folder.Path(name))).Message;
            Assert.Contains(message, error, StringComparison.Ordinal);
            Assert.StartsWith(folder.Path(name), error, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error);
        }
    }

    [Fact]
    public void Weights_are_read_back_from_their_file()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var optimizer = ShippedOptimizers.Find("two-player");
        OptimizerFile.Write(folder.Path("w.safetensors"), optimizer);
        var read = OptimizerFile.Read(folder.Path("w.safetensors"));
        Assert.Equal(16, read.Reach);
        foreach (var (one, other) in optimizer.Named().Values.Zip(read.Named().Values)) Assert.True((one == other).all().ToBoolean());
    }

    private static void WriteZip(string path, int[] sizes)
    {
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        for (var s = 0; s < sizes.Length; s++)
        {
            using var stream = zip.CreateEntry($"archive/data/{s}", CompressionLevel.NoCompression).Open();
            for (var i = 0; i < sizes[s]; i++) stream.Write(BitConverter.GetBytes(s + (i / 8192f)));
        }
    }
}
