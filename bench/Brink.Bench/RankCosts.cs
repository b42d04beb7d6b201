using Brink.Distributed;
using Brink.Objectives;
using Brink.Zoo.Models;

namespace Brink.Bench;

/// <summary>A Hessian product on samples that are spread over processes by Open MPI, next to one process with as many threads; the
/// processes of the ways in turn.</summary>
internal static class RankCosts
{
    /// <summary>The benchmark of one process, which mpirun starts.</summary>
    public const string OneRank = "rank";

    private const int Images = 2000, Products = 3, Rounds = 3;

    // The MLP of the paper.
    private const int Parameters = 656_810, Transfers = 50;

    private const string File = "BRINK_RANK_PRODUCT", Fixed = "BRINK_RANK_FIXED";

    private static readonly (int Ranks, bool IsFixed)[] Ways = [(1, false), (2, false), (1, true), (2, true)];

    /// <summary>One row for each number of processes and reduction.</summary>
    public static IReadOnlyList<RankCostsRow> Rows()
    {
        var folder = Directory.CreateTempSubdirectory("brink-ranks-");
        try
        {
            using var processes = new StartedProcesses();
            var measured = Ways.Select(_ => new List<OneRankRow>()).ToArray();
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var ((ranks, isFixed), i) in Ways.Select((way, i) => (way, i)))
                    measured[i].Add(Measured(processes, ranks, isFixed, Path.Combine(folder.FullName, $"{i}")));
            }
            var seconds = measured.Select(rows => Alternating.Median(rows.Select(row => row.SecondsPerProduct))).ToArray();
            return
            [
                .. Ways.Select((way, i) => new RankCostsRow(
                    way.Ranks,
                    way.IsFixed ? "fixed" : "fast",
                    seconds[i],
                    seconds[0] / seconds[i],
                    Alternating.Median(measured[i].Select(row => row.MillisecondsPerTransfer)),
                    Difference(Path.Combine(folder.FullName, "0"), Path.Combine(folder.FullName, $"{i}")))),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The row of this process, which is alone or rank 0; the others serve it and have none.</summary>
    public static IEnumerable<OneRankRow> One()
    {
        var ranks = Communicator.TryJoin();
        var isFixed = Environment.GetEnvironmentVariable(Fixed) is not null;
        using (var scope = NewDisposeScope())
        {
            using var generator = new Generator(0, CPU);
            var model = new Cnn(3, 32, 10, Activation.Swish);
            var (x, y) = (randn([Images, 3, 32, 32], generator: generator), randn([Images, 10], generator: generator));
            var (theta, v) = (model.Initial(0).to(ScalarType.Float32), randn(model.Dimension, generator: generator));
            using var loss = new DistributedLoss(
                ranks ?? Communicator.Alone,
                isFixed ? Reduction.Fixed : Reduction.Fast,
                Images,
                model.Dimension,
                (_, start, count) => model.SquaredError(x.narrow(0, start, count), y.narrow(0, start, count)));
            var nothing = new DistributedLoss(
                ranks ?? Communicator.Alone, Reduction.Fast, Images, Parameters, (precision, _, _) => new Nothing(precision));
            if (ranks is null or { Rank: 0 })
            {
                yield return Timed(nothing, loss, theta, v);
            }
            else
            {
                using (nothing) nothing.Serve();
                loss.Serve();
            }
        }
        if (ranks is not null) Communicator.Leave();
    }

    private static OneRankRow Timed(DistributedLoss nothing, DistributedLoss loss, Tensor theta, Tensor v)
    {
        double transfer;
        using (nothing)
        {
            using var scope = NewDisposeScope();
            var vector = zeros(Parameters, dtype: ScalarType.Float64);
            using var empty = nothing.Objective(ScalarType.Float64).ExpandAt(vector);
            transfer = Alternating.Medians(Transfers, () => empty.HessianTimes(vector))[0];
        }
        using var expansion = loss.Objective(ScalarType.Float32).ExpandAt(theta);
        var seconds = Alternating.Medians(Products, () => expansion.HessianTimes(v))[0] / 1000;
        if (Environment.GetEnvironmentVariable(File) is { } file)
            System.IO.File.WriteAllText(file, RowLine.Of(expansion.HessianTimes(v).to(ScalarType.Float64).data<double>().ToArray()));
        return new(seconds, transfer);
    }

    private static OneRankRow Measured(StartedProcesses processes, int ranks, bool isFixed, string file)
    {
        var start = OwnProcess.OfBenchmark(OneRank);
        if (ranks > 1)
        {
            string[] own = [start.FileName, .. start.ArgumentList];
            start.FileName = "mpirun";
            start.ArgumentList.Clear();
            foreach (var argument in (string[])["-n", $"{ranks}", .. own]) start.ArgumentList.Add(argument);
            // The benchmark may run as root in a container.
            foreach (var name in (string[])["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"]) start.Environment[name] = "1";
        }
        start.Environment["OMP_NUM_THREADS"] = $"{Math.Max(1, Environment.ProcessorCount / ranks)}";
        start.Environment[File] = file;
        // mpirun gives its processes a terminal, to which .NET would write control characters.
        start.Environment["TERM"] = "dumb";
        if (isFixed) start.Environment[Fixed] = "1";
        return OwnProcess.Row<OneRankRow>(processes, start);
    }

    /// <summary>The largest difference of two products, relative to the largest number of the first.</summary>
    private static double Difference(string one, string other)
    {
        var (a, b) = (RowLine.Read<double[]>(System.IO.File.ReadAllText(one)), RowLine.Read<double[]>(System.IO.File.ReadAllText(other)));
        return a.Zip(b, (x, y) => Math.Abs(x - y)).Max() / a.Max(Math.Abs);
    }

    /// <summary>A loss that is 0: what remains is the transfer.</summary>
    private sealed class Nothing(ScalarType precision) : IObjective, IExpansion
    {
        private readonly Tensor _zero = zeros(Parameters, precision).DetachFromDisposeScope();

        public long Dimension => Parameters;

        public ScalarType Precision => precision;

        double IExpansion.Loss => 0;

        public Tensor Gradient => _zero;

        public double Loss(Tensor theta) => 0;

        public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta) => (0, _zero.clone());

        public IExpansion ExpandAt(Tensor theta) => this;

        public Tensor HessianTimes(Tensor v) => v.alias();

        public Tensor ThirdDerivative(Tensor u, Tensor v) => u.alias();

        public void Dispose() => _zero.Dispose();
    }
}

/// <summary>A product on several processes.</summary>
/// <param name="Ranks">Number of processes; together they have as many threads as there are cores.</param>
/// <param name="Reduction">How the parts are added.</param>
/// <param name="SecondsPerProduct">Seconds of a Hessian product.</param>
/// <param name="Efficiency">Seconds of one process with all threads over those.</param>
/// <param name="MillisecondsPerTransfer">Milliseconds of the transfers for a product with 656,810 parameters in float64.</param>
/// <param name="WorstDifference">Largest difference from the product of one process, relative to its largest number.</param>
internal sealed record RankCostsRow(
    int Ranks, string Reduction, double SecondsPerProduct, double Efficiency, double MillisecondsPerTransfer, double WorstDifference);

/// <summary>What one process measures.</summary>
internal sealed record OneRankRow(double SecondsPerProduct, double MillisecondsPerTransfer);
