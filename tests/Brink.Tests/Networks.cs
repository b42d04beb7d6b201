using Brink.Dynamics;
using Brink.Objectives;
using Brink.Spectra;
using Brink.Zoo.Models;

namespace Brink.Tests;

/// <summary>Small networks on random data, whose dense Hessians can be formed.</summary>
internal static class Networks
{
    public static Tensor Uniform(ulong seed, params long[] shape)
    {
        using var generator = new Generator(seed, CPU);
        return (2 * rand(shape, dtype: ScalarType.Float64, generator: generator)) - 1;
    }

    public static readonly Mlp Tiny = new([5, 7, 6, 3], Activation.Tanh);

    public static DifferentiableSum Loss(
        Mlp model, int samples = 23, int microBatch = 23, ScalarType precision = ScalarType.Float64, long? budget = null)
    {
        var inputs = Uniform(100, samples, model.Widths[0]).to(precision);
        var targets = Uniform(101, samples, model.Widths[^1]).to(precision);
        return EmpiricalLoss.Over(
            model.Dimension,
            model.Outputs,
            EmpiricalLoss.SquaredError,
            inputs,
            targets,
            microBatch,
            budget ?? DifferentiableSum.DefaultExpansionBudget);
    }

    public static double Relative(Tensor value, Tensor reference) =>
        ((value - reference).norm() / reference.norm()).ToDouble();

    /// <summary>The Hessian [p,p] from central differences of the gradient: no second derivative of this project is
    /// in it.</summary>
    public static Tensor DifferencedHessian(IObjective objective, Tensor theta, double h = 1e-5)
    {
        var rows = new List<Tensor>();
        for (var i = 0; i < objective.Dimension; i++)
        {
            var step = zeros_like(theta);
            step[i] = h;
            rows.Add((objective.LossAndGradient(theta + step).Gradient - objective.LossAndGradient(theta - step).Gradient) / (2 * h));
        }
        var hessian = stack(rows);
        return (hessian + hessian.t()) / 2;
    }

    /// <summary>A small network at a point of descent just before its sharpness reaches 2/eta.</summary>
    public static (DifferentiableSum Objective, double Eta, Tensor Theta) AtTheEdge()
    {
        var model = new Mlp([5, 12, 2], Activation.Tanh);
        var objective = Loss(model, samples: 40, microBatch: 40);
        var single = Loss(model, samples: 40, microBatch: 40, precision: ScalarType.Float32);
        const double eta = 0.25;
        var end = new RunToInstability(single, eta, new EigenpairParameters(1, 1e-4), 5000).Run(model.Initial(1).to(ScalarType.Float32));
        Assert.Equal(InstabilityOutcome.Reached, end.Outcome);
        return (objective, eta, end.Theta.to(ScalarType.Float64));
    }
}
