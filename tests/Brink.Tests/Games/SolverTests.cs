using System.Numerics;
using Brink.Games;

namespace Brink.Tests.Games;

public class SolverTests
{
    private const double Eta = 0.1;

    private const long Players = 3;

    private static readonly Tensor I = eye(Players, dtype: ScalarType.Float64).DetachFromDisposeScope();

    /// <summary>Solvers that are linear on a quadratic game, and the matrix that multiplies the
    /// error.</summary>
    private static readonly Dictionary<string, (IGameSolver Solver, Func<Tensor, Tensor> Matrix)> Linear = new(StringComparer.Ordinal)
    {
        ["simultaneous"] = (new SimultaneousDescent(Eta), J => I - (Eta * J)),
        ["alternating"] = (new AlternatingDescent(Eta), J => Turn(2, J).mm(Turn(1, J)).mm(Turn(0, J))),
        ["extragradient"] = (new Extragradient(Eta), J => I - (Eta * J) + (Eta * Eta * J.mm(J))),
        ["consensus"] = (new Consensus(Eta, 0.7), J => I - (Eta * (J + (0.7 * J.t().mm(J))))),
    };

    public static TheoryData<string> Names => [.. Linear.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_step_multiplies_the_error_by_the_known_matrix(string name)
    {
        using var scope = NewDisposeScope();
        var (solver, matrix) = Linear[name];
        var games = RandomGames.Stable(4, Players);
        var (w, fixedPoints) = (RandomGames.Points(4, Players), games.FixedPoints());
        var after = solver.Step(games, solver.Start(games, w)).W - fixedPoints;
        for (var game = 0; game < 4; game++)
            GameTests.Close(matrix(games.J[game]).mv(w[game] - fixedPoints[game]), after[game], 1e-11);
    }

    [Theory, MemberData(nameof(Names))]
    public void The_convergence_rate_is_the_spectral_radius(string name)
    {
        using var scope = NewDisposeScope();
        var (solver, matrix) = Linear[name];
        var games = RandomGames.Stable(1, Players, seed: 5);
        Assert.Equal(Radius(matrix(games.J[0])), Rate(solver, games with { C = zeros_like(games.C) }), 2e-3);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.3)]
    public void The_convergence_rate_of_optimistic_descent_is_the_root_of_its_quadratic(double eta)
    {
        using var scope = NewDisposeScope();
        foreach (var game in new[] { Rotation(0, 1), Rotation(0.2, 1) })
        {
            var roots = GameSpectrum.Of(game.J[0]).Eigenvalues.SelectMany(lambda =>
            {
                var (b, c) = ((2 * eta * lambda) - 1, -eta * lambda);
                var root = Complex.Sqrt((b * b) - (4 * c));
                return new[] { (-b + root) / 2, (-b - root) / 2 };
            });
            Assert.Equal(roots.Max(z => z.Magnitude), Rate(new OptimisticDescent(eta), game), 2e-3);
        }
    }

    [Fact]
    public void On_a_bilinear_game_descent_diverges_alternation_cycles_and_the_others_converge()
    {
        using var scope = NewDisposeScope();
        var game = Rotation(0, 1);
        Assert.Equal(Math.Sqrt(1 + (Eta * Eta)), Rate(new SimultaneousDescent(Eta), game), 1e-6);
        Assert.Equal(1, Rate(new AlternatingDescent(Eta), game), 1e-3);
        // 1 - i eta - eta^2.
        Assert.Equal(Math.Sqrt(1 - (Eta * Eta) + Math.Pow(Eta, 4)), Rate(new Extragradient(Eta), game), 1e-6);
        // xi + A^T xi with A^T xi = w: (1 - eta) - i eta.
        Assert.Equal(Math.Sqrt(Math.Pow(1 - Eta, 2) + (Eta * Eta)), Rate(new SymplecticAdjustment(Eta), game), 1e-6);
    }

    [Fact]
    public void The_adjustment_points_towards_stable_points_and_away_from_unstable_ones()
    {
        using var scope = NewDisposeScope();
        // J = s I + rotation. A^T xi . g > 0 always; xi . g has the sign of s.
        foreach (var (s, sign) in new[] { (0.5, 1), (-3.0, -1) })
        {
            var game = Rotation(s, 1);
            var J = game.J[0];
            var A = (J - J.t()) / 2;
            var matrix = I.narrow(0, 0, 2).narrow(1, 0, 2) - (Eta * (J + (sign * A.t().mm(J))));
            IGameSolver solver = new SymplecticAdjustment(Eta);
            var w = tensor(new[,] { { 2.0, 1.0 } });
            GameTests.Close(matrix.mv(w[0]), solver.Step(game, solver.Start(game, w)).W[0]);
        }
    }

    [Fact]
    public void Adam_agrees_with_libtorch()
    {
        using var scope = NewDisposeScope();
        var games = RandomGames.Stable(1, 3);
        IGameSolver solver = new AdamDescent(0.02);
        var state = solver.Start(games, RandomGames.Points(1, 3));
        using var parameter = new TorchSharp.Modules.Parameter(RandomGames.Points(1, 3));
        using var adam = optim.Adam([parameter], lr: 0.02, beta1: 0.95, beta2: 0.99, eps: 1e-8);
        for (var i = 0; i < 50; i++)
        {
            state = solver.Step(games, state);
            parameter.grad = games.Xi(parameter.detach());
            adam.step();
        }
        GameTests.Close(parameter.detach(), state.W, 1e-10);
    }

    [Fact]
    public void RMSProp_divides_by_the_root_of_the_running_mean_square()
    {
        using var scope = NewDisposeScope();
        var game = Rotation(1, 0);
        IGameSolver solver = new RmsPropDescent(0.01);
        var state = solver.Start(game, tensor(new[,] { { 1.0, -2.0 } }));
        var (x, v) = (1.0, 0.0);
        for (var i = 0; i < 20; i++)
        {
            state = solver.Step(game, state);
            v = (0.9 * v) + (0.1 * x * x);
            x -= 0.01 * x / Math.Sqrt(v + 1e-8);
        }
        Assert.Equal(x, state.W[0, 0].ToDouble(), 1e-12);
    }

    [Fact]
    public void Normalised_consensus_is_RMSProp_on_the_gradient_with_the_transposed_Jacobian()
    {
        using var scope = NewDisposeScope();
        var game = Rotation(0.3, 1);
        IGameSolver solver = new NormalisedConsensus(0.01, 0.2);
        var start = tensor(new[,] { { 1.0, -2.0 } });
        var (state, w, v) = (solver.Start(game, start), start[0], zeros(2, dtype: ScalarType.Float64));
        var J = game.J[0];
        for (var i = 0; i < 20; i++)
        {
            state = solver.Step(game, state);
            var n = J.mv(w) + (0.2 * J.t().mv(J.mv(w)));
            v = (0.9 * v) + (0.1 * n.square());
            w -= 0.01 * n / (v + 1e-8).sqrt();
        }
        GameTests.Close(w, state.W[0]);
    }

    [Fact]
    public void A_network_with_the_coefficients_of_normalised_consensus_takes_its_steps()
    {
        using var scope = NewDisposeScope();
        var (games, w) = (RandomGames.Stable(4, Players), RandomGames.Points(4, Players));
        var network = Constant([0.5, -0.1, -0.1]);
        var (rule, learned) = (Played(new NormalisedConsensus(1e-3, 0.2)), Played(new NormalisedOptimizer(network, 1e-3)));
        // Their paths are as close as the coefficients, which are near the given ones but not equal to them.
        var way = (rule - w).norm().ToDouble();
        Assert.InRange((rule - learned).norm().ToDouble() / way, 0, 0.05);

        Tensor Played(IGameSolver solver)
        {
            var state = solver.Start(games, w);
            for (var i = 0; i < 50; i++) state = solver.Step(games, state);
            return state.W;
        }

        // Biases alone determine the coefficients; they open the gates but that of the former state.
        static LearnedOptimizer Constant(double[] coefficients)
        {
            const double open = 2;
            var network = LearnedOptimizer.Of(zeros(LearnedOptimizer.Size(16), dtype: ScalarType.Float64), 16);
            foreach (var (gate, value) in network.InputBias.chunk(4).Zip([open, -open, open, open])) gate.fill_(value);
            // The fixed point of c' = forget c + input is input/(1 - forget), and 1 - sigmoid(-x) = sigmoid(x).
            var hidden = Math.Tanh(Math.Tanh(open)) / (1 + Math.Exp(-open));
            for (var k = 0; k < coefficients.Length; k++)
                network.OutputWeights[k].fill_(Math.Atanh(coefficients[k]) / (network.Hidden * hidden));
            return network;
        }
    }

    [Fact]
    public void Players_with_several_parameters_move_together_in_turn()
    {
        using var scope = NewDisposeScope();
        var (game, w) = (RandomGames.Curved(), RandomGames.Points(1, 3) / 3);
        IGameSolver solver = new AlternatingDescent(Eta);
        var first = cat([(w - (Eta * game.Xi(w))).narrow(1, 0, 2), w.narrow(1, 2, 1)], 1);
        var second = cat([first.narrow(1, 0, 2), (first - (Eta * game.Xi(first))).narrow(1, 2, 1)], 1);
        GameTests.Close(second, solver.Step(game, solver.Start(game, w)).W);
    }

    [Fact]
    public void Steps_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        var (game, w) = (RandomGames.Curved(), RandomGames.Points(2, 3));
        IGameSolver[] solvers =
        [
            .. Linear.Values.Select(pair => pair.Solver), new OptimisticDescent(Eta), new SymplecticAdjustment(Eta),
            new AdamDescent(Eta), new RmsPropDescent(Eta),
        ];
        foreach (var solver in solvers)
        {
            Live.AssertUnchanged(() =>
            {
                using var start = solver.Start(game, w);
                using var next = solver.Step(game, start);
            });
        }
    }

    private static QuadraticGames Rotation(double s, double r) =>
        QuadraticGames.TwoPlayers(tensor(new[] { s, s, r, -r, 0.0, 0.0 }).unsqueeze(0));

    // The move of one player: I - eta P_i J.
    private static Tensor Turn(int player, Tensor J)
    {
        var matrix = I.clone();
        matrix[player].sub_(Eta * J[player]);
        return matrix;
    }

    private static double Radius(Tensor matrix) => linalg.eigvals(matrix).abs().max().ToDouble();

    // Growth of the error per step, over the last 600 of 900 steps; the fixed point is the origin, so that
    // nothing is lost to rounding.
    private static double Rate(IGameSolver solver, QuadraticGames game)
    {
        var state = solver.Start(game, RandomGames.Points(1, game.Dimension));
        var early = 0.0;
        const int steps = 900;
        for (var i = 0; i < steps; i++)
        {
            if (i == steps / 3) early = Error();
            state = solver.Step(game, state);
        }
        return Math.Pow(Error() / early, 1.0 / (steps - (steps / 3)));

        double Error() => state.W.norm().ToDouble();
    }
}
